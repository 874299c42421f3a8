import type { IngestedPhoto, PhotoStore } from "#lib/avatars";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { JobOutcome } from "#lib/platform/jobs";
import type { Log } from "#lib/platform/log";
import type { SafeFetch } from "#lib/platform/safe-fetch";
import {
  canonicalUrl,
  emailToFindBy,
  finishFinding,
  mergeAnswers,
  type ProviderAnswers,
  parseUsername,
} from "#lib/profiles";
import type { createProviderAsker } from "./ask-provider.ts";
import { downloadPhoto } from "./download-photo.ts";
import { freshMissUntil, freshPhotoUntil } from "./freshness.ts";
import type { Provider } from "./provider.ts";

/** Finds people by the e-mail address that one organization imported, and keeps it for that organization alone. */
export function createFinder(options: {
  db: Database;
  clock: Clock;
  log: Log;
  photos: PhotoStore;
  /** Those that are organization-bound, in their order. */
  providers: readonly Provider[];
  ask: ReturnType<typeof createProviderAsker>;
  fetch: SafeFetch;
  deadlineMs: number;
}) {
  const { db, clock, log, photos, providers, ask, fetch, deadlineMs } = options;

  return async function find(
    { organizationId, username }: { organizationId: string; username: string },
    attempt: { isFirstAttempt: boolean; isLastAttempt: boolean },
    stop: AbortSignal,
  ): Promise<JobOutcome> {
    const identity = parseUsername(username);
    const email = await emailToFindBy(db.query, organizationId, username);
    if (!email || !identity.ok) return "done";
    const signal = AbortSignal.any([stop, AbortSignal.timeout(deadlineMs)]);
    const who = { username, kind: identity.kind, linkedinUrl: canonicalUrl(username) };
    const answers: ProviderAnswers = {};
    let photo: { ingested: IngestedPhoto; source: string; until: number } | null = null;
    let isComplete = true;
    for (const provider of providers) {
      if (photo) break;
      const outcome = await ask(provider, who, { signal, email, retries: attempt.isFirstAttempt });
      const at = new Date(clock.now()).toISOString();
      if (outcome.kind === "found") {
        answers[provider.name] = { kind: "found", at, until: at, facts: outcome.facts };
        const downloaded = outcome.photoUrl ? await downloadPhoto(outcome.photoUrl, fetch, signal) : null;
        if (downloaded?.kind === "retry") isComplete = false;
        if (downloaded?.kind === "photo") {
          const until = freshPhotoUntil(outcome.photoUrl ?? "", clock.now());
          photo = { ingested: downloaded.photo, source: provider.name, until };
        }
      } else if (outcome.kind !== "not_found" && !(outcome.kind === "transient" && outcome.final)) {
        log.warn({ provider: provider.name, outcome: outcome.kind }, "a provider gave no answer");
        isComplete = false;
      }
    }
    if (!photo && !isComplete && !attempt.isLastAttempt) return { again: "no provider has answered yet" };
    if (photo) await photos.save(photo.ingested);
    const kept = await finishFinding(db.query, clock, organizationId, username, email, {
      source: photo?.source ?? Object.keys(answers)[0] ?? "",
      facts: mergeAnswers(answers, Object.keys(answers), {}),
      photoSha256: photo?.ingested.sha256 ?? null,
      staleAt: photo?.until ?? freshMissUntil(clock.now()),
    });
    if (!kept && photo) await photos.removeUnused([photo.ingested.sha256]);
    return "done";
  };
}
