import type { IngestedPhoto } from "#lib/avatars";
import type { Clock } from "#lib/platform/clock";
import type { Log } from "#lib/platform/log";
import type { SafeFetch } from "#lib/platform/safe-fetch";
import {
  canonicalUrl,
  type KnownOfPerson,
  type ProfileFacts,
  type ProviderAnswer,
  type ProviderAnswers,
} from "#lib/profiles";
import type { createProviderAsker } from "./ask-provider.ts";
import { type Candidate, GOOD_SIDE, isBetterPhoto } from "./best-photo.ts";
import type { downloadPhoto } from "./download-photo.ts";
import { freshAnswerUntil, freshMissUntil, freshPhotoUntil } from "./freshness.ts";
import { uploadedAt } from "./photo-address.ts";
import type { Provider, ProviderOutcome, Who } from "./provider.ts";

export type Found = {
  /** What each provider said that has answered, now or so lately that it was not asked again. */
  answers: ProviderAnswers;
  /** A photo better than the one that is kept. */
  photo: { ingested: IngestedPhoto; source: string; takenAt: number | null } | null;
  canonicalUsername: string | null;
  /** Set when a provider that could matter gave none; worth asking again then (milliseconds). */
  retryAt: number | null;
  /** When to look again, if this is all that is to be had (milliseconds). */
  staleAt: number;
};

/** What the look-up of one person needs of whoever keeps people. */
export type PersonStore = {
  known: NonNullable<KnownOfPerson>;
  /** False when the person is gone: they were suppressed, and nobody else is to be asked. */
  remember(answers: ProviderAnswers): Promise<boolean>;
  /** Whether a picture is the drawing of somebody who has none. */
  isPlaceholder(photo: IngestedPhoto): Promise<boolean>;
};

type Best = Candidate & { source: string; ingested: IngestedPhoto | null; until: number };

const RETRY_TRANSIENT_MS = 60_000;

/**
 * Asks the providers in their order, each only for what is still lacking, until there is a good photo and who they are.
 * What an earlier one said of a person stands; a later one only adds to it. A provider that is paused or has spent its
 * budget is passed over, not waited for; one that has answered lately is not asked again.
 */
export function createWaterfall(options: {
  providers: readonly Provider[];
  ask: ReturnType<typeof createProviderAsker>;
  fetch: SafeFetch;
  clock: Clock;
  log: Log;
  download: typeof downloadPhoto;
  /** One deadline for everything a job does with the outside world. */
  deadlineMs: number;
}) {
  const { providers, ask, fetch, clock, log, download, deadlineMs } = options;

  /** With `retries` a provider that fails quickly is asked again within this look-up. */
  return async function lookUp(
    asked: Who,
    store: PersonStore,
    { stop, retries }: { stop: AbortSignal; retries: boolean },
  ): Promise<Found | "gone"> {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(deadlineMs)]);
    const { known } = store;
    const answers: ProviderAnswers = {};
    let who = asked;
    let facts: ProfileFacts = {};
    let best: Best | null = null;
    let retryAt: number | null = null;
    let passedUntil = Number.POSITIVE_INFINITY;
    const retry = (at: number) => {
      retryAt = Math.min(retryAt ?? at, at);
    };

    for (const provider of providers) {
      const wanted = {
        photo: provider.tells.photo && (best?.side ?? 0) < GOOD_SIDE,
        facts: provider.tells.facts && !(facts.headline && (facts.firstName ?? facts.lastName)),
      };
      if (!(wanted.photo || wanted.facts) || !provider.knows(who)) continue;
      const { name } = provider;
      let answer = freshAnswer(known.answers[name], known.photo !== null);
      if (!answer) {
        if (signal.aborted) {
          retry(clock.now() + RETRY_TRANSIENT_MS);
          break;
        }
        const outcome = await ask(provider, who, { signal, wanted, retries });
        if (outcome.kind === "passed_over") {
          retry(outcome.until);
          passedUntil = Math.min(passedUntil, Math.max(outcome.until, clock.now() + RETRY_TRANSIENT_MS));
          continue;
        }
        answer = answerOf(outcome);
        if (!answer) {
          log.warn({ provider: name, outcome: outcome.kind }, "a provider gave no answer");
          retry(
            clock.now() + (outcome.kind === "rate_limited" ? outcome.retryAfterSeconds * 1_000 : RETRY_TRANSIENT_MS),
          );
          continue;
        }
        if (outcome.kind === "transient") log.warn({ provider: name }, "a provider spoke of somebody else");
        if (outcome.kind === "found" && outcome.username && who.kind === "member_urn")
          who = { username: outcome.username, kind: "username", linkedinUrl: canonicalUrl(outcome.username) };
        if (!(await store.remember({ [name]: answer }))) return "gone";
      }
      answers[name] = answer;
      facts = { ...answer.facts, ...facts };
      const photo = await photoOf(provider, answer);
      if (photo && (!best || isBetterPhoto(photo, best))) best = photo;
    }

    const kept = keptPhoto();
    if (best?.ingested && kept && isBetterPhoto(kept, best)) best = { ...best, ingested: null };
    return {
      answers,
      photo: best?.ingested ? { ingested: best.ingested, source: best.source, takenAt: best.takenAt } : null,
      canonicalUsername: who === asked ? null : who.username,
      retryAt,
      // Who could not be asked may know more as soon as they can; whoever has answered is not asked again for that.
      staleAt: best?.until ?? Math.min(freshMissUntil(clock.now()), passedUntil),
    };

    /** The photo that an answer leads to: fetched now, or fetched before and still shown. */
    async function photoOf(provider: Provider, answer: ProviderAnswer): Promise<Best | null> {
      const { name } = provider;
      if (answer.photo && answer.photo === known.photo?.sha256)
        return { ...known.photo, source: name, ingested: null, until: Date.parse(answer.until) };
      const url = answer.photoUrl;
      if (!url) return null;
      const downloaded = await download(url, fetch, signal);
      const isPhoto = downloaded.kind === "photo" && !(provider.drawsPlaceholders && downloaded.photo.isDrawing);
      if (isPhoto && !(await store.isPlaceholder(downloaded.photo))) {
        const until = freshPhotoUntil(url, clock.now());
        answer.photo = downloaded.photo.sha256;
        answer.until = new Date(until).toISOString();
        delete answer.photoUrl;
        return {
          side: downloaded.photo.side,
          takenAt: uploadedAt(url),
          source: name,
          ingested: downloaded.photo,
          until,
        };
      }
      if (downloaded.kind === "retry") retry(clock.now() + RETRY_TRANSIENT_MS);
      else delete answer.photoUrl;
      const problem = downloaded.kind === "photo" ? "a placeholder picture" : downloaded.problem;
      log.info({ provider: name, problem }, "a provider's photo could not be used");
      return null;
    }

    /** The photo that is shown, if it came from a provider that did not give another this time. */
    function keptPhoto(): Candidate | null {
      const { photo } = known;
      return photo && !answers[photo.source]?.photo ? photo : null;
    }
  };

  function freshAnswer(answer: ProviderAnswer | undefined, photoIsKept: boolean): ProviderAnswer | undefined {
    if (!answer || Date.parse(answer.until) <= clock.now()) return undefined;
    // Its photo was damaged or taken back: nobody has one, so it is worth another question.
    return answer.photo && !photoIsKept ? undefined : { ...answer };
  }

  /** What is kept of an outcome; undefined when it was no answer. */
  function answerOf(outcome: ProviderOutcome): ProviderAnswer | undefined {
    const now = clock.now();
    const times = { at: new Date(now).toISOString(), until: new Date(freshAnswerUntil(now)).toISOString() };
    if (outcome.kind === "not_found") return { kind: "not_found", ...times };
    if (outcome.kind === "transient" && outcome.final) return { kind: "doubted", ...times };
    if (outcome.kind !== "found") return undefined;
    const { facts, photoUrl } = outcome;
    return { kind: "found", ...times, facts, ...(photoUrl && { photoUrl }) };
  }
}
