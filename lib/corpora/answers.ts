import { requireRole } from "#lib/organizations";
import type { Answer } from "#lib/personas";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { newId } from "#lib/platform/ids";

/** What a person asked on a page, and what was answered. */
export type KeptAnswer = { id: string; personaId: string; question: string; answer: Answer; createdAt: string };

type Asker = { userId: string };
type Row = Omit<KeptAnswer, "createdAt"> & { createdAt: Date };

const KEPT_DAYS = 90;
const RECENT = 5;

/** Answers that pages show, so that looking at one again asks nothing again. Each is its asker's alone. */
export function createAnswers({ db, clock }: { db: Database; clock: Clock }) {
  const COLUMNS = `id, persona_id as "personaId", question, answer, created_at as "createdAt"`;
  const told = ({ createdAt, ...row }: Row): KeptAnswer => ({ ...row, createdAt: createdAt.toISOString() });

  return {
    /** Keeps an answer for 90 days and returns its id. Throws AppError `organization_not_found`. */
    async keepAnswer(
      asker: Asker,
      organizationId: string,
      { personaId, question, answer }: Pick<KeptAnswer, "personaId" | "question" | "answer">,
    ): Promise<string> {
      await requireRole(db.query, organizationId, asker, "member");
      const id = newId("ans", clock.now());
      // PostgreSQL's text holds no null character, and its JSON no half of a pair.
      const json = JSON.stringify(answer, (_, one: unknown) => (typeof one === "string" ? storable(one) : one));
      await db.query(
        `insert into persona_answer (organization_id, id, persona_id, user_id, question, answer, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [organizationId, id, personaId, asker.userId, storable(question), json, new Date(clock.now())],
      );
      return id;
    },

    /** One of the asker's own in this workspace; null for any other. */
    async findAnswer(asker: Asker, organizationId: string, id: string): Promise<KeptAnswer | null> {
      if (!/^ans_\w{26}$/.test(id)) return null;
      const [row] = await db.query<Row>(
        `select ${COLUMNS} from persona_answer where organization_id = $1 and user_id = $2 and id = $3`,
        [organizationId, asker.userId, id],
      );
      return row ? told(row) : null;
    },

    /** The asker's last ones to a persona, newest first. */
    async recentAnswers(asker: Asker, organizationId: string, personaId: string): Promise<KeptAnswer[]> {
      const rows = await db.query<Row>(
        `select ${COLUMNS} from persona_answer
         where organization_id = $1 and user_id = $2 and persona_id = $3 order by id desc limit $4`,
        [organizationId, asker.userId, personaId, RECENT],
      );
      return rows.map(told);
    },

    /** For the nightly round. */
    async removeOldAnswers(): Promise<void> {
      await db.query("delete from persona_answer where created_at < $1", [
        new Date(clock.now() - KEPT_DAYS * 86_400_000),
      ]);
    },
  };
}

function storable(text: string): string {
  return text.replaceAll("\0", "\uFFFD").toWellFormed();
}
