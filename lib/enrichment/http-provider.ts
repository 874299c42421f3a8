import { type Clock, systemClock } from "#lib/platform/clock";
import { AppError } from "#lib/platform/errors";
import { isOutboundError, type SafeFetchResponse } from "#lib/platform/safe-fetch";
import type { ProfileFacts } from "#lib/profiles";
import { firstPhoto } from "./ghost-photos.ts";
import {
  type Asking,
  canonicalUsername,
  doubtAbout,
  type Named,
  onlyTold,
  type Provider,
  type ProviderOutcome,
  type Wanted,
  type Who,
} from "./provider.ts";
import { retryAfterSeconds } from "./retry-after.ts";

/** A profile with everything a provider can tell is some 100 KB. */
const MAX_BYTES = 1024 * 1024;

/** One request to a provider. Empty parameters are left out. */
export type ProviderRequest = {
  readonly method?: "GET" | "POST";
  /** Below the provider's address; a path in it may come before. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What a provider told, before it is believed. */
export type Told = Named & {
  readonly facts: { readonly [Name in keyof ProfileFacts]: ProfileFacts[Name] | undefined };
  /** Best first. */
  readonly photos: readonly (string | undefined)[];
  /** The provider's own id of the person, where it has a list of those who opted out. */
  readonly personId?: string | undefined;
};

/** `rate_limited` still lacks its seconds, which stand in a header. */
export type Verdict = ProviderOutcome | "rate_limited";

/** One provider's API: where it is, how it is asked, and what its errors mean. */
export type ProviderApi = {
  readonly title: string;
  /** The setting that an operator corrects when the address is wrong. */
  readonly addressSetting: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What an answer other than 200 means, where the common rules do not know; undefined leaves it to them. */
  readonly verdict?: (answer: SafeFetchResponse, body: unknown) => Verdict | undefined;
};

export type Tools = { readonly clock?: Clock; readonly random?: () => number };

/** A 200 with its body parsed (undefined if it is no JSON), or what to make of anything else. */
export type Reply =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly outcome: ProviderOutcome };

/** Sends requests to one provider. Every failure is an outcome, except that the caller gave up. */
export function createCaller(api: ProviderApi, { clock = systemClock, random = Math.random }: Tools = {}) {
  const base = addressOf(api);
  return async function call(request: ProviderRequest, { signal, fetch }: Asking): Promise<Reply> {
    const url = new URL(base.pathname.replace(/\/$/, "") + request.path, base);
    for (const [name, value] of Object.entries(request.query ?? {})) if (value) url.searchParams.set(name, value);
    try {
      const answer = await fetch(url, {
        deadline: signal,
        method: request.method ?? "GET",
        headers: { ...api.headers, ...request.headers },
        accept: "application/json",
        maxBytes: MAX_BYTES,
      });
      const body = parseJson(answer);
      if (answer.status === 200) return { ok: true, body };
      const verdict = api.verdict?.(answer, body) ?? commonVerdict(api, answer);
      if (verdict !== "rate_limited") return { ok: false, outcome: verdict };
      const seconds = retryAfterSeconds(answer.headers, clock.now(), random);
      return { ok: false, outcome: { kind: "rate_limited", retryAfterSeconds: seconds } };
    } catch (error) {
      return { ok: false, outcome: outcomeOfFailure(api, error) };
    }
  };
}

/** A provider that is asked by one request and answers with one document. */
export function httpProvider(
  api: ProviderApi & {
    readonly name: string;
    readonly tells: Wanted;
    /** Whether it can be asked by member URN too. */
    readonly byMemberUrn?: true;
    readonly request: (who: Who) => ProviderRequest;
    /** What the document says; null when it is not of the documented form. */
    readonly read: (body: unknown) => Told | ProviderOutcome | null;
  },
  tools?: Tools,
): Provider {
  const call = createCaller(api, tools);
  return {
    name: api.name,
    title: api.title,
    tells: api.tells,
    knows: ({ kind }) => kind === "username" || api.byMemberUrn === true,
    units: () => 1,
    async lookup(who, asking) {
      const reply = await call(api.request(who), asking);
      if (!reply.ok) return reply.outcome;
      return believed(api.title, who, api.read(reply.body));
    },
  };
}

/** The outcome that an answer is, once it is about the person asked for. */
export function believed(title: string, who: Who, told: Told | ProviderOutcome | null): ProviderOutcome {
  if (told === null) return { kind: "transient", detail: `${title}'s answer is not a profile.` };
  if ("kind" in told) return told;
  const doubt = doubtAbout(who, told);
  if (doubt !== null) return { kind: "transient", detail: `${title}: ${doubt}`, final: true };
  const asked = who.kind === "username" ? who.username : told.username;
  return {
    kind: "found",
    facts: onlyTold<ProfileFacts>(told.facts),
    ...onlyTold<{ username?: string; memberUrn?: string; photoUrl?: string; personId?: string }>({
      username: asked && canonicalUsername(asked),
      memberUrn: told.memberUrn,
      photoUrl: firstPhoto(...told.photos),
      personId: told.personId,
    }),
  };
}

/** What statuses mean wherever a provider documents nothing else. */
function commonVerdict({ title, addressSetting }: ProviderApi, { status, headers }: SafeFetchResponse): Verdict {
  switch (status) {
    case 401:
      return { kind: "misconfigured", detail: `${title} refused the API key: configure one that is valid.` };
    case 403:
      return {
        kind: "misconfigured",
        detail: `${title} does not let this API key look people up: check its plan and scopes.`,
      };
    case 402:
      return { kind: "out_of_credit" };
    case 429:
      return "rate_limited";
    case 404:
      // Some other web server: its 404 says nothing about the person, and must not be remembered as if it did.
      if (!/^text\/html\b/i.test(headers.get("content-type") ?? "")) return { kind: "not_found" };
      return { kind: "misconfigured", detail: `${addressSetting} does not lead to ${title}'s API: correct it.` };
    case 400:
    case 422:
      return { kind: "not_found" };
    default:
      return { kind: "transient", detail: `${title} answered ${status}.` };
  }
}

function outcomeOfFailure({ title, addressSetting }: ProviderApi, error: unknown): ProviderOutcome {
  if (!isOutboundError(error) || error.kind === "aborted") throw error;
  if (error.kind === "refused_address" || error.kind === "refused_scheme") {
    const detail = `${addressSetting} is not a public https address: correct it, or allow its host:port as a private host.`;
    return { kind: "misconfigured", detail };
  }
  return { kind: "transient", detail: `${title}: ${error.message}` };
}

function parseJson(answer: SafeFetchResponse): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.bytes));
  } catch {
    return undefined;
  }
}

/** @throws AppError invalid_configuration, if the address is none */
function addressOf({ url: text, addressSetting }: ProviderApi): URL {
  const url = URL.parse(/^https?:\/\//i.test(text.trim()) ? text.trim() : `https://${text.trim()}`);
  if (url !== null) return url;
  const problem = `${addressSetting} must be an address such as https://api.example.com or api.example.com:8443.`;
  throw new AppError("invalid_configuration", { fields: { problem } });
}
