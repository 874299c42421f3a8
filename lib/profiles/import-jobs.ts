import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError, isAppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { KeptFiles } from "#lib/platform/kept-files";
import { filterOf, limitOf, type Page, pageOf } from "#lib/platform/page";
import { type ImportKind, recognizeFile } from "./import-files/recognize-file.ts";

export const ROW_OUTCOMES = ["added", "updated", "unchanged", "merged", "refused", "suppressed"] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** An import as its page shows it. Times are ISO. */
export type ImportStatus = {
  id: string;
  fileName: string;
  /** What the file is, by its content. */
  kind: Exclude<ImportKind, "photo_folder">;
  bytes: number;
  /** `mapping`: somebody has to say what its columns hold. `failed` says why in `problem`; what was taken until then stays. */
  status: "mapping" | "waiting" | "running" | "done" | "failed";
  /** Entries of the file, those that are through and all; null until it was opened. */
  done: number;
  total: number | null;
  /** People by what became of them; `merged` and `refused` are entries that were nobody of their own. */
  added: number;
  updated: number;
  unchanged: number;
  suppressed: number;
  merged: number;
  refused: number;
  photos: number;
  problem: { code: string; sentence: string } | null;
  startedBy: { userId: string; email: string } | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
};

/** What became of one entry of a file. */
export type ImportRow = {
  n: number;
  outcome: RowOutcome;
  /** Where in the file: `row 17`, `card 3 (line 41)`, `team/janedoe.jpg`. */
  where: string;
  /** The person's username, or what stands there instead. */
  value: string;
  /** Why it was refused or merged, to follow its place in a sentence. */
  problem: string | null;
};

type Row = Omit<ImportStatus, "problem" | "startedBy" | "createdAt" | "startedAt" | "finishedAt"> & {
  problemCode: string | null;
  problem: string | null;
  startedById: string;
  startedByEmail: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
};

const MAX_NAME_LENGTH = 200;
const REPORTS_KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Imports of files, which the worker carries out (lib/avatars/import-worker.ts), for the people of an organization. */
export function createImportJobs(options: { db: Database; clock: Clock; files: KeptFiles; wake: () => void }) {
  const { db, clock, files, wake } = options;
  return {
    /**
     * Takes over a file (a CSV, a vCard, or a .zip of photos named by username); for owners and admins. It is imported as soon
     * as a worker is free, but for a CSV that is not LinkedIn's own: what its columns hold is looked over first
     * (import-mapping.ts). The file is gone from its place after. Throws AppError `organization_not_found`, `role_too_low`, and for what
     * can be seen at a glance `file_not_recognized`, `file_too_large` or `file_broken`, naming the file as `name`.
     */
    async start(
      viewer: Viewer,
      organizationId: string,
      file: { path: string; name: string; bytes: number },
    ): Promise<{ id: string }> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const name = file.name.slice(-MAX_NAME_LENGTH) || "The file";
      const kind = await recognizeFile(file.path).catch((error: unknown) => {
        throw underName(error, name);
      });
      const now = clock.now();
      const id = newId("imp", now);
      await files.keep(id, file.path);
      await db.query(
        `insert into import (id, organization_id, started_by, file_name, kind, bytes, status, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [id, organizationId, actorOf(viewer), name, kind, file.bytes, statusOf(kind), new Date(now)],
      );
      wake();
      return { id };
    },

    /** One import, or null. Throws AppError `organization_not_found`. */
    async get(viewer: Viewer, organizationId: string, id: string): Promise<ImportStatus | null> {
      await requireRole(db.query, organizationId, viewer, "member");
      const [row] = await db.query<Row>(`${READ} and i.id = $2`, [organizationId, id]);
      return row ? shown(row) : null;
    },

    /** Every import there was, newest first. Throws AppError `organization_not_found`. */
    async list(
      viewer: Viewer,
      organizationId: string,
      { cursor, limit: asked }: { cursor?: string | undefined; limit?: number | undefined } = {},
    ): Promise<Page<ImportStatus>> {
      await requireRole(db.query, organizationId, viewer, "member");
      const limit = limitOf(asked);
      const rows = await db.query<Row>(`${READ} and ($2::text is null or i.id < $2) order by i.id desc limit $3`, [
        organizationId,
        filterOf(cursor),
        limit + 1,
      ]);
      return pageOf(rows.map(shown), limit, (last) => last.id);
    },

    /**
     * What became of every entry of an import, in the order of the work, or of those with one outcome; kept for 30 days.
     * Throws AppError `organization_not_found`.
     */
    async report(
      viewer: Viewer,
      organizationId: string,
      id: string,
      options: { cursor?: string | undefined; outcome?: string | undefined; limit?: number | undefined } = {},
    ): Promise<Page<ImportRow>> {
      await requireRole(db.query, organizationId, viewer, "member");
      const limit = limitOf(options.limit);
      const after = /^\d{1,9}$/.test(options.cursor ?? "") ? Number(options.cursor) : 0;
      const outcome = ROW_OUTCOMES.find((one) => one === options.outcome) ?? null;
      const rows = await db.query<ImportRow>(
        `select r.n, r.outcome, r.place as "where", r.value, r.problem from import i join import_row r on r.import_id = i.id
         where i.organization_id = $1 and i.id = $2 and r.n > $3 and ($4::text is null or r.outcome = $4)
         order by r.n limit $5`,
        [organizationId, filterOf(id), after, outcome, limit + 1],
      );
      return pageOf(rows, limit, (last) => String(last.n));
    },

    /** Removes reports that are a month old, imports that nobody went on with for a day, and files whose import is over or gone. */
    async removeOld(): Promise<void> {
      await db.query("delete from import where status = 'mapping' and created_at < $1", [
        new Date(clock.now() - DAY_MS),
      ]);
      await db.query("delete from import_row where import_id in (select id from import where finished_at < $1)", [
        new Date(clock.now() - REPORTS_KEPT_DAYS * DAY_MS),
      ]);
      const ids = await files.list();
      const needed = await db.query<{ id: string }>(
        "select id from import where id = any($1::text[]) and status in ('mapping', 'waiting', 'running')",
        [ids],
      );
      const keep = new Set(needed.map(({ id }) => id));
      // A file lies there a moment before its row.
      const old = ids.filter((id) => !keep.has(id) && id < `imp_${newId("imp", clock.now() - DAY_MS).slice(4)}`);
      for (const id of old) await files.remove(id);
    },
  };
}

/** Of LinkedIn's own file every column is known. */
function statusOf(kind: ImportKind): ImportStatus["status"] {
  return kind.endsWith("csv") && kind !== "connections_csv" ? "mapping" : "waiting";
}

/** An error about a file, telling it by the name its owner knows. */
export function underName(error: unknown, name: string): unknown {
  if (!isAppError(error) || error.fields["file"] === undefined) return error;
  return new AppError(error.code, { fields: { ...error.fields, file: name }, cause: error.cause });
}

const READ = `
select i.id, i.file_name as "fileName", i.kind, i.bytes, i.status, i.done, i.total, i.added, i.updated, i.unchanged, i.suppressed,
  i.merged, i.refused, i.photos, i.problem_code as "problemCode", i.problem, i.started_by as "startedById",
  u.email as "startedByEmail", i.created_at as "createdAt", i.started_at as "startedAt", i.finished_at as "finishedAt"
from import i left join "user" u on u.id = i.started_by where i.organization_id = $1`;

function shown({ problemCode, problem, startedById, startedByEmail, ...row }: Row): ImportStatus {
  return {
    ...row,
    problem: problemCode ? { code: problemCode, sentence: problem ?? "" } : null,
    startedBy: startedByEmail ? { userId: startedById, email: startedByEmail } : null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
