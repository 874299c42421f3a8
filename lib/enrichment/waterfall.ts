import type { IngestedPhoto } from "#lib/avatars";
import type { Clock } from "#lib/platform/clock";
import type { Log } from "#lib/platform/log";
import type { SafeFetch } from "#lib/platform/safe-fetch";
import type { ProfileFacts } from "#lib/profiles";
import type { downloadPhoto } from "./download-photo.ts";
import type { Provider, Who } from "./provider.ts";
import type { createProviderStates } from "./provider-states.ts";

export type Found = {
  facts: ProfileFacts;
  /** The provider that was believed first. */
  source: string | null;
  photo: { ingested: IngestedPhoto; source: string } | null;
  canonicalUsername: string | null;
  /** Providers that gave an answer, found or not. */
  askedProviders: string[];
  /** Set when a provider that could matter gave none; worth asking again then (milliseconds). */
  retryAt: number | null;
};

/** One deadline for everything a job does with the outside world. */
const DEADLINE_MS = 45_000;
const RETRY_TRANSIENT_MS = 60_000;

/**
 * Asks the providers in their order until there is a photo. What an earlier one said of a person stands; a later one
 * only adds to it. A provider that is paused or has spent its budget is passed over, not waited for.
 */
export function createWaterfall(options: {
  providers: readonly Provider[];
  states: ReturnType<typeof createProviderStates>;
  fetch: SafeFetch;
  clock: Clock;
  log: Log;
  download: typeof downloadPhoto;
  deadlineMs?: number | undefined;
}) {
  const { providers, states, fetch, clock, log, download, deadlineMs = DEADLINE_MS } = options;

  return async function lookUp(who: Who, stop: AbortSignal): Promise<Found> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(deadlineMs)]);
    const found: Found = {
      facts: {},
      source: null,
      photo: null,
      canonicalUsername: null,
      askedProviders: [],
      retryAt: null,
    };
    const retry = (at: number) => {
      found.retryAt = Math.min(found.retryAt ?? at, at);
    };
    for (const provider of providers) {
      const permission = await states.mayAsk(provider.name);
      if (!permission.ok) {
        retry(permission.until);
        continue;
      }
      const outcome = await provider.lookup(who, { signal, fetch });
      await states.record(provider.name, outcome);
      if (outcome.kind === "not_found") {
        found.askedProviders.push(provider.name);
        continue;
      }
      if (outcome.kind !== "found") {
        log.warn({ provider: provider.name, outcome: outcome.kind }, "a provider gave no answer");
        retry(clock.now() + (outcome.kind === "rate_limited" ? outcome.retryAfterSeconds * 1_000 : RETRY_TRANSIENT_MS));
        continue;
      }
      found.askedProviders.push(provider.name);
      found.facts = { ...outcome.facts, ...found.facts };
      found.source ??= provider.name;
      found.canonicalUsername ??= outcome.username ?? null;
      if (!outcome.photoUrl) continue;
      const downloaded = await download(outcome.photoUrl, fetch, signal);
      if (downloaded.kind === "photo") {
        found.photo = { ingested: downloaded.photo, source: provider.name };
        break;
      }
      log.info({ provider: provider.name, problem: downloaded.problem }, "a provider's photo could not be used");
      if (downloaded.kind === "retry") retry(clock.now() + RETRY_TRANSIENT_MS);
    }
    return found;
  };
}
