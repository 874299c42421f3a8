import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { canonicalUrl, parseLinkedInUrl, parseUsername } from "#lib/profiles";
import type { createProviderAsker } from "./ask-provider.ts";
import type { Provider } from "./provider.ts";

/** How a trial ended; nothing of the person is in it. */
export type Trial = { outcome: string; detail: string | null; facts: number; photo: boolean; ms: number };

const TIMEOUT_MS = 20_000;

/**
 * Has an operator try a provider out on one person, also while it is paused: an answer ends the pause. It takes a unit of
 * the budget as any question does; what is told is counted and thrown away.
 */
export function createProviderTrial(options: {
  db: Database;
  clock: Clock;
  providers: readonly Provider[];
  ask: ReturnType<typeof createProviderAsker>;
}) {
  const { db, clock, providers, ask } = options;
  /**
   * `whom` is a LinkedIn address or username; for an organization-bound provider an e-mail address.
   * Throws AppError `not_found`, `person_suppressed`, and those of an address that leads to nobody.
   */
  return async function tryOut(name: string, whom: string, actor: string): Promise<Trial> {
    const provider = providers.find((one) => one.name === name);
    if (!provider) throw new AppError("not_found");
    const text = whom.trim();
    const email = provider.organizationBound ? text : undefined;
    const identity =
      email !== undefined || !text.includes("/") ? parseUsername(email ? "somebody" : text) : parseLinkedInUrl(text);
    if (!identity.ok) throw new AppError(identity.code);
    const { username, kind } = identity;
    const suppressed = await db.query("select 1 from suppression where username = $1", [username]);
    if (suppressed.length > 0) throw new AppError("person_suppressed", { fields: { username } });
    await recordAudit(db.query, clock, { actor, action: "provider.try", target: name });
    const started = performance.now();
    const outcome = await ask(
      provider,
      { username, kind, linkedinUrl: canonicalUrl(username) },
      { signal: AbortSignal.timeout(TIMEOUT_MS), trial: true, ...(email ? { email } : {}) },
    );
    return {
      outcome: outcome.kind === "passed_over" ? outcome.reason : outcome.kind,
      detail: "detail" in outcome ? outcome.detail : null,
      facts: outcome.kind === "found" ? Object.keys(outcome.facts).length : 0,
      photo: outcome.kind === "found" && outcome.photoUrl !== undefined,
      ms: Math.round(performance.now() - started),
    };
  };
}
