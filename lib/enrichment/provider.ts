import { z } from "zod";
import type { SafeFetch } from "#lib/platform/safe-fetch";
import type { ProfileFacts } from "#lib/profiles";

/** Whom to look up: a canonical username (NFC, lower case) or a member URN such as `ACoAAA…`, whose case counts. */
export type Who = {
  readonly username: string;
  readonly kind: "username" | "member_urn";
  readonly linkedinUrl: string;
};

export type ProviderOutcome =
  | {
      readonly kind: "found";
      readonly facts: ProfileFacts;
      /** Where the photo is, http or https; absent if there is none, or only a placeholder. */
      readonly photoUrl?: string;
      /** The canonical username as the provider named it: what a look-up by URN learns. */
      readonly username?: string;
      readonly memberUrn?: string;
    }
  | { readonly kind: "not_found" }
  | { readonly kind: "rate_limited"; readonly retryAfterSeconds: number }
  | { readonly kind: "out_of_credit" }
  /** `detail` is a fixed sentence that tells the operator what to put right. */
  | { readonly kind: "misconfigured"; readonly detail: string }
  /** May go well another time. `detail` is for logs: fixed text and codes, nothing the provider wrote freely. */
  | { readonly kind: "transient"; readonly detail: string };

export type Provider = {
  readonly name: string;
  /**
   * Asks the provider once. Every failure is an outcome, except that the caller gave up.
   * @param context.signal the deadline of the whole waterfall
   * @throws OutboundError of kind `aborted`, once the signal aborted for another reason than its time
   */
  lookup(who: Who, context: { readonly signal: AbortSignal; readonly fetch: SafeFetch }): Promise<ProviderOutcome>;
};

/**
 * Text of a provider, fit to be stored; undefined if it is not text, is empty, or longer than a person would write.
 * NUL and lone surrogates go: PostgreSQL takes neither.
 */
export const toldText = (maxLength: number) =>
  z
    .string()
    .transform((text) => text.replaceAll("\0", "").toWellFormed().trim())
    .pipe(z.string().min(1).max(maxLength))
    .optional()
    .catch(undefined);

/** A boolean that the provider said; undefined for anything else, `"true"` and 1 included. */
export const toldBoolean = z.boolean().optional().catch(undefined);

/** The same facts without those that are undefined. */
export function onlyTold<Facts extends object>(facts: { [Key in keyof Facts]: Facts[Key] | undefined }): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Facts;
}

/** A username as it is compared and stored: percent-encoding undone, NFC, lower case. */
export function canonicalUsername(username: string): string {
  return decoded(username).normalize("NFC").toLowerCase().normalize("NFC");
}

/**
 * Why an answer must not be believed, or null if it is about the person asked for. Providers have been seen to answer
 * with whoever was asked before, and with whoever took over a freed name; a wrong face is worse than none.
 */
export function doubtAbout(who: Who, answer: { username?: string; memberUrn?: string }): string | null {
  const named = who.kind === "member_urn" ? answer.memberUrn : answer.username;
  if (named === undefined) return "The answer does not say whom it is about.";
  const same =
    who.kind === "member_urn" ? named === who.username : canonicalUsername(named) === canonicalUsername(who.username);
  return same ? null : "The answer is about another person than the one asked for.";
}

function decoded(username: string): string {
  try {
    return decodeURIComponent(username);
  } catch {
    return username;
  }
}
