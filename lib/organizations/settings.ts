import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { Jobs } from "#lib/platform/jobs";
import { actorOf, requireRole, type Viewer } from "./viewer.ts";

/** What goes with a workspace that is deleted. */
export type WorkspaceCounts = {
  members: number;
  keys: number;
  connections: number;
  /** People it imported or looked up. */
  people: number;
  /** Requests that were answered or refused. */
  requests: number;
  personas: number;
};

export type ForgetJob = { organizationId: string };

const MAX_NAME_LENGTH = 80;
/** Rows deleted by one statement of the clean-up: short enough that nobody waits for it. */
const AT_ONCE = 5_000;
/** A key that was just believed may still write a refusal. */
const FORGET_AFTER_SECONDS = 10;

/** What owners do with a workspace as a whole. */
export function createWorkspaceSettings({ db, clock, jobs }: { db: Database; clock: Clock; jobs: Jobs }) {
  return {
    /** Owners and admins. Throws AppError `organization_not_found`, `role_too_low`, `invalid_name`. */
    async rename(viewer: Viewer, organizationId: string, name: string): Promise<string> {
      const wanted = name.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
      if (wanted === "" || wanted.length > MAX_NAME_LENGTH) throw new AppError("invalid_name");
      await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        const [before] = await query<{ name: string }>(
          "select name from organization where id = $1 for no key update",
          [organizationId],
        );
        if (!before) throw new AppError("organization_not_found", { fields: { id: organizationId } });
        if (before.name === wanted) return;
        await query("update organization set name = $2 where id = $1", [organizationId, wanted]);
        await recordAudit(query, clock, {
          organizationId,
          actor: actorOf(viewer),
          action: "organization.rename",
          target: organizationId,
          detail: { from: before.name, to: wanted },
        });
      });
      return wanted;
    },

    /** What will be lost when the workspace is deleted; for its owners. Throws `organization_not_found`, `role_too_low`. */
    async countAll(viewer: Viewer, organizationId: string): Promise<WorkspaceCounts> {
      await requireRole(db.query, organizationId, viewer, "owner");
      const [counts] = await db.query<WorkspaceCounts>(COUNTS, [organizationId]);
      return counts as WorkspaceCounts;
    },

    /**
     * Deletes a workspace with all it has; only its audit log stays. `typedName` is what the owner wrote to confirm. Keys and
     * connections end within a second, people and settings at once, requests shortly after, by the worker. Returns the
     * photos that its people were shown by; the caller removes those that nobody else is shown by.
     * Throws AppError `organization_not_found`, `role_too_low`, `name_not_confirmed`.
     */
    async delete(viewer: Viewer, organizationId: string, typedName: string): Promise<{ photos: string[] }> {
      await jobs.ready();
      return db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "owner");
        const [found] = await query<{ name: string }>("select name from organization where id = $1 for update", [
          organizationId,
        ]);
        if (!found) throw new AppError("organization_not_found", { fields: { id: organizationId } });
        if (typedName.trim() !== found.name.trim()) throw new AppError("name_not_confirmed");
        const photos = await query<{ photo: string }>(
          `select photo_sha256 as photo from imported_person where organization_id = $1 and photo_sha256 is not null
           union select own_photo_sha256 from imported_person where organization_id = $1 and own_photo_sha256 is not null
           union select photo_sha256 from organization_finding where organization_id = $1 and photo_sha256 is not null`,
          [organizationId],
        );
        await recordAudit(query, clock, {
          organizationId,
          actor: actorOf(viewer),
          action: "organization.delete",
          target: organizationId,
          detail: { name: found.name },
        });
        await query("delete from organization where id = $1", [organizationId]);
        await jobs.send(query, "forget", { organizationId } satisfies ForgetJob, {
          startAfterSeconds: FORGET_AFTER_SECONDS,
        });
        return { photos: photos.map(({ photo }) => photo) };
      });
    },

    /** Deletes what a workspace that is gone has left in tables that outlive it. Repeating it changes nothing. */
    async forget(organizationId: string): Promise<void> {
      const [alive] = await db.query("select 1 from organization where id = $1", [organizationId]);
      if (alive) return;
      for (const [table, key] of LEFT_BEHIND) {
        const chunk = `delete from ${table} where organization_id = $1 and ${key} in (
          select ${key} from ${table} where organization_id = $1 order by ${key} limit ${AT_ONCE}) returning 1`;
        while ((await db.query(chunk, [organizationId])).length > 0);
      }
    },
  };
}

/** Tables without a foreign key, and what in them narrows a chunk. */
const LEFT_BEHIND = [
  ["avatar_request", "id"],
  ["organization_profile", "username"],
  ["request_hour", "hour"],
  ["request_hour_source", "hour"],
  ["request_day_source", "day"],
  ["request_latency", "hour"],
  ["persona_request", "id"],
] as const;

const COUNTS = `
select
  (select count(*) from membership where organization_id = $1) as members,
  (select count(*) from api_key where organization_id = $1 and revoked_at is null) as keys,
  (select count(*) from connection where organization_id = $1 and revoked_at is null) as connections,
  (select count(*) from (select username from imported_person where organization_id = $1
    union select username from organization_profile where organization_id = $1) known) as people,
  (select coalesce(sum(requests), 0)::bigint from request_day_source where organization_id = $1) as requests,
  (select count(*) from persona where organization_id = $1) as personas`;
