import { z } from "zod";
import { type Clock, systemClock } from "#lib/platform/clock";
import { AppError } from "#lib/platform/errors";
import { isOutboundError, type SafeFetchResponse } from "#lib/platform/safe-fetch";
import type { ProfileFacts } from "#lib/profiles";
import { firstPhoto } from "../ghost-photos.ts";
import {
  canonicalUsername,
  doubtAbout,
  onlyTold,
  type Provider,
  type ProviderOutcome,
  toldBoolean,
  toldText,
  type Who,
} from "../provider.ts";
import { retryAfterSeconds } from "../retry-after.ts";
import { verdictOn } from "./unipile-errors.ts";

/** As in Unipile's dashboard. `dsn` is `api8.unipile.com:13851`, or the same as a https address. */
export type UnipileConfig = { readonly dsn: string; readonly apiKey: string; readonly accountId: string };

/** A profile with one section is some 10 KB. */
const MAX_BYTES = 1024 * 1024;

/** The part of `UserProfile` (LinkedIn) that is used. A field of another type than documented counts as not told. */
const UserProfile = z.object({
  provider: toldText(40),
  provider_id: toldText(100),
  public_identifier: toldText(400),
  first_name: toldText(200),
  last_name: toldText(200),
  headline: toldText(1_000),
  summary: toldText(10_000),
  location: toldText(200),
  profile_picture_url: toldText(4_000),
  profile_picture_url_large: toldText(4_000),
  is_premium: toldBoolean,
  is_open_to_work: toldBoolean,
});

/**
 * Unipile v1, `GET /api/v1/users/{identifier}`, through the LinkedIn account connected there.
 * Source: developer.unipile.com/reference/userscontroller_getprofilebyidentifier
 * @throws AppError invalid_configuration, if the DSN is no address
 */
export function createUnipile(
  { dsn, apiKey, accountId }: UnipileConfig,
  { clock = systemClock, random = Math.random }: { clock?: Clock; random?: () => number } = {},
): Provider {
  const base = baseOf(dsn);
  return {
    name: "unipile",
    async lookup(who, { signal, fetch }) {
      const url = new URL(`/api/v1/users/${encodeURIComponent(who.username)}`, base);
      // Without its section the summary is not sent; more sections cost more of LinkedIn's patience.
      url.search = new URLSearchParams({ account_id: accountId, linkedin_sections: "about" }).toString();
      try {
        const headers = { "x-api-key": apiKey };
        const answer = await fetch(url, { deadline: signal, headers, accept: "application/json", maxBytes: MAX_BYTES });
        const body = parseJson(answer);
        if (answer.status === 200) return outcomeOf(who, body);
        const verdict = verdictOn(answer, body);
        if (verdict !== "rate_limited") return verdict;
        const seconds = retryAfterSeconds(answer.headers.get("retry-after"), clock.now(), random);
        return { kind: "rate_limited", retryAfterSeconds: seconds };
      } catch (error) {
        return outcomeOfFailure(error);
      }
    },
  };
}

function outcomeOf(who: Who, body: unknown): ProviderOutcome {
  const parsed = UserProfile.safeParse(body);
  if (!parsed.success) return { kind: "transient", detail: "Unipile's answer is not a profile." };
  const profile = parsed.data;
  if (profile.provider !== undefined && profile.provider !== "LINKEDIN") {
    return { kind: "misconfigured", detail: "Unipile's account is not a LinkedIn account: configure the id of one." };
  }

  const identity = onlyTold<{ username?: string; memberUrn?: string }>({
    username: profile.public_identifier && canonicalUsername(profile.public_identifier),
    memberUrn: profile.provider_id,
  });
  const doubt = doubtAbout(who, identity);
  if (doubt !== null) return { kind: "transient", detail: `Unipile: ${doubt}` };

  const photoUrl = firstPhoto(profile.profile_picture_url_large, profile.profile_picture_url);
  const facts = onlyTold<ProfileFacts>({
    firstName: profile.first_name,
    lastName: profile.last_name,
    headline: profile.headline,
    summary: profile.summary,
    location: profile.location,
    premium: profile.is_premium,
    openToWork: profile.is_open_to_work,
  });
  return { kind: "found", facts, ...identity, ...(photoUrl === undefined ? {} : { photoUrl }) };
}

function outcomeOfFailure(error: unknown): ProviderOutcome {
  if (!isOutboundError(error) || error.kind === "aborted") throw error;
  if (error.kind === "refused_address" || error.kind === "refused_scheme") {
    const detail = "Unipile's DSN is not a public https address: correct it, or allow its host:port as a private host.";
    return { kind: "misconfigured", detail };
  }
  return { kind: "transient", detail: `Unipile: ${error.message}` };
}

function parseJson(answer: SafeFetchResponse): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.bytes));
  } catch {
    return undefined;
  }
}

function baseOf(dsn: string): URL {
  const url = URL.parse(/^https?:\/\//i.test(dsn.trim()) ? dsn.trim() : `https://${dsn.trim()}`);
  if (url !== null) return url;
  const problem = "The Unipile DSN must look like api8.unipile.com:13851.";
  throw new AppError("invalid_configuration", { fields: { problem } });
}
