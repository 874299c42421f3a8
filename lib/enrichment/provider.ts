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
      /** The provider's own id of the person, which its list of opt-outs names them by. */
      readonly personId?: string;
    }
  /** `free` where the provider says that a miss is not billed. */
  | { readonly kind: "not_found"; readonly free?: true }
  | { readonly kind: "rate_limited"; readonly retryAfterSeconds: number }
  | { readonly kind: "out_of_credit" }
  /** `detail` is a fixed sentence that tells the operator what to put right. */
  | { readonly kind: "misconfigured"; readonly detail: string }
  /**
   * May go well another time. `detail` is for logs: fixed text and codes, nothing the provider wrote freely. `final` where
   * asking for the same person again at once would only cost again: the answer came, and was not to be believed.
   */
  | { readonly kind: "transient"; readonly detail: string; readonly final?: true };

/** What a look-up still lacks. */
export type Wanted = { readonly photo: boolean; readonly facts: boolean };
export const EVERYTHING: Wanted = { photo: true, facts: true };

export type Asking = {
  /** The deadline of this question; part of the one deadline of the whole look-up. */
  readonly signal: AbortSignal;
  readonly fetch: SafeFetch;
  /** Default: everything. */
  readonly wanted?: Wanted;
  /** The person's address as one organization imported it; only organization-bound providers are given it. */
  readonly email?: string;
};

export type Provider = {
  readonly name: string;
  /** As people know it. */
  readonly title: string;
  /** What it can tell at all; it is asked only for what is lacking. */
  readonly tells: Wanted;
  /**
   * True where what it says rests on something only one organization said (an imported e-mail address): the answer is then
   * that organization's alone.
   */
  readonly organizationBound?: true;
  /** True where whoever has no photo is given a drawing by an address like any other's. */
  readonly drawsPlaceholders?: true;
  /** Whether it can be asked about such a person at all. */
  knows(who: Who): boolean;
  /** The units of the monthly budget that such a question takes. */
  units(wanted: Wanted): 0 | 1;
  /**
   * Asks the provider once. Every failure is an outcome, except that the caller gave up.
   * @throws OutboundError of kind `aborted`, once the signal aborted for another reason than its time
   */
  lookup(who: Who, asking: Asking): Promise<ProviderOutcome>;
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

/** Whom an answer is about, as it says itself. */
export type Named = {
  readonly username?: string | undefined;
  readonly memberUrn?: string | undefined;
  /** Further usernames that the provider knows the same person by, such as earlier ones. */
  readonly otherUsernames?: readonly (string | undefined)[] | undefined;
};

/**
 * Why an answer must not be believed, or null if it is about the person asked for. Providers have been seen to answer
 * with whoever was asked before, and with whoever took over a freed name; a wrong face is worse than none.
 */
export function doubtAbout(who: Who, { username, memberUrn, otherUsernames = [] }: Named): string | null {
  const names = who.kind === "member_urn" ? [memberUrn] : [username, ...otherUsernames];
  const told = names.filter((name) => name !== undefined);
  if (told.length === 0) return "The answer does not say whom it is about.";
  const same =
    who.kind === "member_urn"
      ? told.includes(who.username)
      : told.some((name) => canonicalUsername(name) === canonicalUsername(who.username));
  return same ? null : "The answer is about another person than the one asked for.";
}

function decoded(username: string): string {
  try {
    return decodeURIComponent(username);
  } catch {
    return username;
  }
}
