import type { Clock } from "./clock.ts";
import type { Query } from "./db.ts";
import { newId } from "./ids.ts";

export type AuditEntry = {
  organizationId?: string;
  /** Who did it: a user id, `operator` for the command line, `system`, or a named outside party. */
  actor: string;
  /** What was done, as `noun.verb`: `key.revoke`. */
  action: string;
  /** The id of what it was done to. */
  target?: string;
  detail?: Record<string, string | number | boolean | null | string[]>;
};

/** Writes one line of the audit log; pass a transaction's query so that it stands or falls with the change it tells of. */
export async function recordAudit(query: Query, clock: Clock, entry: AuditEntry): Promise<void> {
  const now = clock.now();
  await query(
    `insert into audit_event (id, organization_id, actor, action, target, detail, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      newId("aud", now),
      entry.organizationId ?? null,
      entry.actor,
      entry.action,
      entry.target ?? null,
      JSON.stringify(entry.detail ?? {}),
      new Date(now),
    ],
  );
}
