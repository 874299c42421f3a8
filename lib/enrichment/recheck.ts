import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { EVERYTHING, type Provider } from "./provider.ts";
import type { createProviderStates } from "./provider-states.ts";
import type { createEnrichmentQueue } from "./queue.ts";

/** What was asked a moment ago is not asked again: each time costs the operator at a provider. */
const NOT_BEFORE_MS = 3_600_000;

/** What one provider may cost: units of its monthly budget, of which `left` are to be had (null is without end). */
export type RecheckCost = { provider: string; units: number; left: number | null; pausedUntil: string | null };

/** Looks people up again before it is time. */
export function createRecheck(options: {
  db: Database;
  clock: Clock;
  queue: ReturnType<typeof createEnrichmentQueue>;
  states: ReturnType<typeof createProviderStates>;
  /** In the order in which they are asked. */
  providers: readonly Provider[];
  /** Whether people can be found by an imported address too. */
  findsByEmail: boolean;
}) {
  const { db, clock, queue, states, providers, findsByEmail } = options;

  async function again(organizationId: string, username: string, actor: string): Promise<boolean> {
    const [known] = await db.query<{ hidden: boolean }>(KNOWN, [organizationId, username]);
    if (!known) throw new AppError("person_not_found", { fields: { username } });
    if (known.hidden) throw new AppError("person_suppressed", { fields: { username } });
    if (providers.length === 0 && !findsByEmail) return false;
    const now = clock.now();
    const [recent] = await db.query(
      `with due as (
         update profile set stale_at = $2, answers = '{}' where username = $1 and (checked_at is null or checked_at <= $3)
       ), own as (
         update organization_finding set stale_at = $2
         where organization_id = $4 and username = $1 and (checked_at is null or checked_at <= $3)
       )
       select 1 from profile where username = $1 and checked_at > $3`,
      [username, new Date(now), new Date(now - NOT_BEFORE_MS), organizationId],
    );
    if (recent) return false;
    if (providers.length > 0) await queue.request(organizationId, username);
    else await queue.requestFinding(organizationId, username);
    await recordAudit(db.query, clock, { organizationId, actor, action: "person.recheck", target: username });
    return true;
  }

  return {
    /**
     * At the wish of an owner or admin. True when the person is queued; false when they were looked up within the last hour,
     * or no provider is configured.
     * Throws AppError `organization_not_found`, `role_too_low`, `person_not_found`, `person_suppressed`.
     */
    async recheck(viewer: Viewer, organizationId: string, username: string): Promise<boolean> {
      await requireRole(db.query, organizationId, viewer, "admin");
      return again(organizationId, username, actorOf(viewer));
    },

    /** The same for whoever has a secret key of the organization, who is the audit log's actor. */
    recheckByKey: (organizationId: string, keyId: string, username: string): Promise<boolean> =>
      again(organizationId, username, keyId),

    /** What it may cost at most: a provider is only asked for what those before it did not tell. */
    async cost(): Promise<RecheckCost[]> {
      const list = await states.list(providers.map(({ name }) => name));
      return providers.map((provider) => {
        const status = list.find((one) => one.provider === provider.name);
        const budget = status?.monthlyBudget ?? null;
        return {
          provider: provider.name,
          units: provider.units(EVERYTHING),
          left: budget === null ? null : Math.max(0, budget - (status?.callsThisMonth ?? 0)),
          pausedUntil: status?.pausedUntil ?? null,
        };
      });
    },
  };
}

const KNOWN = `
select exists (select from suppression where username = $2)
  or exists (select from hidden_person where organization_id = $1 and username = $2) as hidden
from (
  select 1 from imported_person where organization_id = $1 and username = $2
  union all select 1 from organization_profile where organization_id = $1 and username = $2 limit 1
) known`;
