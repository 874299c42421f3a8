import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import {
  type Embedders,
  type EvaluationReport,
  evaluateAvatar,
  PersonaError,
  type PersonaStore,
  parseQuestions,
} from "#lib/personas";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { Log } from "#lib/platform/log";
import type { createPersonas } from "./personas.ts";

/** What a persona made of one file of questions. Shares in the report are from 0 to 1. */
export type Evaluation = {
  id: string;
  fileName: string;
  questions: number;
  /** While it waits: how many were asked. */
  asked: number;
  status: "waiting" | "done" | "failed";
  report: EvaluationReport | null;
  /** Why there is no report, for whoever asked for it. */
  problem: string | null;
  createdAt: string;
};

export const MAX_EVALUATION_BYTES = 1024 * 1024;
const MOST_QUESTIONS = 500;
/** Of one persona; the oldest goes for a new one. */
const KEPT = 10;
const MAX_ATTEMPTS = 3;
const PROGRESS_EVERY_MS = 500;

type Personas = Pick<ReturnType<typeof createPersonas>, "find" | "findOwn">;

/** Evaluations of personas: owners and admins ask for them, members see them. A worker runs them, behind the index. */
export function createEvaluations(options: { db: Database; clock: Clock; personas: Personas; wake: () => void }) {
  const { db, clock, personas, wake } = options;

  return {
    /**
     * Has a persona asked the questions of a file, one JSON object a line, and returns the evaluation's id. Takes no units.
     * Throws AppError `evaluation_invalid`, `persona_not_found`, `persona_built_in`, `persona_not_ready`, `role_too_low`.
     */
    async evaluate(
      viewer: Viewer,
      organizationId: string,
      personaId: string,
      { fileName, bytes }: { fileName: string; bytes: Uint8Array },
    ): Promise<string> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const persona = await personas.findOwn(organizationId, personaId);
      const text = textOf(bytes);
      const count = countOf(text, fileName);
      const id = newId("evl", clock.now());
      await db.transaction(async (query) => {
        const [row] = await query<{ revision: number }>("select revision::int as revision from persona where id = $1", [
          persona.id,
        ]);
        if (!row || row.revision === 0) throw new AppError("persona_not_ready");
        await query(
          `insert into persona_evaluation (organization_id, id, persona_id, file_name, questions, question_count, state, created_at)
           values ($1, $2, $3, $4, $5, $6, 'waiting', $7)`,
          [organizationId, id, persona.id, fileName.slice(0, 200), text, count, new Date(clock.now())],
        );
        await query(
          `delete from persona_evaluation where organization_id = $1 and persona_id = $2 and id not in (
             select id from persona_evaluation where organization_id = $1 and persona_id = $2 order by id desc limit $3)`,
          [organizationId, persona.id, KEPT],
        );
        await recordAudit(query, clock, {
          organizationId,
          actor: actorOf(viewer),
          action: "persona.evaluate",
          target: persona.id,
          detail: { file: fileName.slice(0, 200), questions: count },
        });
      });
      wake();
      return id;
    },

    /** The last ones of a persona, newest first. Throws AppError `organization_not_found`, `persona_not_found`. */
    async evaluations(viewer: Viewer, organizationId: string, personaId: string): Promise<Evaluation[]> {
      await requireRole(db.query, organizationId, viewer, "member");
      const { id } = await personas.find(organizationId, personaId);
      const rows = await db.query<Omit<Evaluation, "createdAt"> & { createdAt: Date }>(
        `select id, file_name as "fileName", question_count as questions, asked, state as status, report, problem,
           created_at as "createdAt"
         from persona_evaluation where organization_id = $1 and persona_id = $2 order by id desc limit $3`,
        [organizationId, id, KEPT],
      );
      return rows.map(({ createdAt, ...row }) => ({ ...row, createdAt: createdAt.toISOString() }));
    },
  };
}

/**
 * Runs the evaluations of a persona that wait, for whoever holds its lease. Rows are the queue, as those of its files are:
 * one that ends its process again and again is given up.
 */
export function createEvaluationRunner(options: {
  db: Database;
  log: Log;
  personas: Personas;
  embedders: () => Embedders;
}) {
  const { db, log, personas, embedders } = options;

  return async function runEvaluations(personaId: string, store: PersonaStore): Promise<void> {
    for (let one = await begin(personaId); one; one = await begin(personaId)) {
      const { organizationId, id, questions, attempts } = one;
      if (attempts > MAX_ATTEMPTS) {
        log.error({ persona: personaId, evaluation: id }, "an evaluation failed again and again and is given up");
        await end(organizationId, id, { problem: "It failed again and again and was given up." });
        continue;
      }
      try {
        const { config } = await personas.find(organizationId, personaId);
        const asked = parseQuestions(questions, "questions.jsonl");
        const report = await evaluateAvatar(config, store, embedders(), asked, progress(organizationId, id));
        await end(organizationId, id, { report });
      } catch (error) {
        if (!(error instanceof PersonaError) || error.code === "store_unavailable") throw error;
        await end(organizationId, id, { problem: "There was nothing to answer from." });
      }
    }
  };

  /** Counted before it begins: whoever dies over it can count no more. */
  async function begin(personaId: string) {
    const [row] = await db.query<{ organizationId: string; id: string; questions: string; attempts: number }>(
      `update persona_evaluation set attempts = attempts + 1, asked = 0 where (organization_id, id) = (
         select organization_id, id from persona_evaluation where persona_id = $1 and state = 'waiting' order by id limit 1)
       returning organization_id as "organizationId", id, questions, attempts`,
      [personaId],
    );
    return row;
  }

  async function end(organizationId: string, id: string, told: { report?: EvaluationReport; problem?: string }) {
    await db.query(
      `update persona_evaluation set state = $3, report = $4, problem = $5, asked = question_count
       where organization_id = $1 and id = $2`,
      [
        organizationId,
        id,
        told.report ? "done" : "failed",
        told.report ? JSON.stringify(told.report) : null,
        told.problem ?? null,
      ],
    );
  }

  /** How far it is, now and then; what fails is only a number that stands still. */
  function progress(organizationId: string, id: string): (asked: number) => void {
    let toldAt = 0;
    return (asked) => {
      if (performance.now() - toldAt < PROGRESS_EVERY_MS) return;
      toldAt = performance.now();
      db.query(
        "update persona_evaluation set asked = $3 where organization_id = $1 and id = $2 and state = 'waiting'",
        [organizationId, id, asked],
      ).catch(() => undefined);
    };
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replaceAll("\0", "\uFFFD");
  } catch {
    throw invalid("it is no text in UTF-8");
  }
}

function countOf(text: string, fileName: string): number {
  try {
    const { length } = parseQuestions(text, fileName);
    if (length > MOST_QUESTIONS) throw invalid(`it has ${length} questions, and ${MOST_QUESTIONS} are taken at once`);
    return length;
  } catch (error) {
    if (!(error instanceof PersonaError)) throw error;
    throw invalid((error.fields["reason"] ?? error.message).replace(/\.$/, ""));
  }
}

function invalid(problem: string): AppError {
  return new AppError("evaluation_invalid", { fields: { problem } });
}
