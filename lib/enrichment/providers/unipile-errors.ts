import { z } from "zod";
import type { SafeFetchResponse } from "#lib/platform/safe-fetch";
import type { ProviderOutcome } from "../provider.ts";

const KEY = "Unipile refused the API key: create an access token in Unipile's dashboard and configure that one.";
const ACCOUNT = "Unipile knows no LinkedIn account by the configured account id: copy it from Unipile's dashboard.";
const DISCONNECTED = "Unipile's LinkedIn account is not signed in any more: reconnect it in Unipile's dashboard.";
const RESTRICTED =
  "LinkedIn restricts the account: sign in at linkedin.com, do what it asks, then reconnect it to Unipile.";
const SUBSCRIPTION =
  "This look-up is not part of the subscription: check the plan at Unipile and the account's at LinkedIn.";
const DSN = "The configured DSN does not lead to Unipile's API: copy it from Unipile's dashboard, port included.";

type Verdict = ProviderOutcome | "rate_limited";
const notFound: Verdict = { kind: "not_found" };
const misconfigured = (detail: string): Verdict => ({ kind: "misconfigured", detail });

/** The error types of `GET /users/{identifier}` in Unipile's API reference that say more than their status does. */
const BY_TYPE: Readonly<Record<string, Verdict>> = {
  "errors/missing_credentials": misconfigured(KEY),
  "errors/invalid_credentials": misconfigured(KEY),
  "errors/insufficient_privileges": misconfigured(KEY),
  "errors/insufficient_permissions": misconfigured(KEY),
  "errors/invalid_account": misconfigured(ACCOUNT),
  "errors/wrong_account": misconfigured(ACCOUNT),
  "errors/account_mismatch": misconfigured(ACCOUNT),
  "errors/account_configuration_error": misconfigured(DISCONNECTED),
  "errors/account_restricted": misconfigured(RESTRICTED),
  "errors/action_required": misconfigured(RESTRICTED),
  "errors/unknown_authentication_context": misconfigured(RESTRICTED),
  "errors/feature_not_subscribed": misconfigured(SUBSCRIPTION),
  "errors/subscription_required": misconfigured(SUBSCRIPTION),
  // About this one person, so no reason to stop asking about others.
  "errors/resource_access_restricted": notFound,
  "errors/insufficient_credits": { kind: "out_of_credit" },
  "errors/limit_exceeded": "rate_limited",
  // LinkedIn's own limits have been seen to come as 429 and as 500.
  "errors/too_many_requests": "rate_limited",
  "errors/provider_unreachable": { kind: "transient", detail: "Unipile cannot reach LinkedIn." },
};

const ErrorBody = z.object({
  type: z
    .string()
    .regex(/^errors\/[a-z_]{1,60}$/)
    .optional()
    .catch(undefined),
  detail: z.string().optional().catch(undefined),
});

/** What an answer other than 200 means; `rate_limited` still lacks its seconds, which stand in a header. */
export function verdictOn(answer: SafeFetchResponse, body: unknown): Verdict {
  const { status } = answer;
  const { type, detail } = ErrorBody.safeParse(body).data ?? {};
  const known = type === undefined ? undefined : BY_TYPE[type];
  if (known !== undefined) return known;

  switch (status) {
    case 401:
      // Its other types are all about the account's own session at LinkedIn.
      return misconfigured(type === undefined ? KEY : DISCONNECTED);
    case 402:
      return { kind: "out_of_credit" };
    case 403:
      return misconfigured(type === undefined ? KEY : DISCONNECTED);
    case 404:
      // The same type stands for an unknown person and for an unknown account; only the text tells them apart.
      if (/\baccount not found\b/i.test(detail ?? "")) return misconfigured(ACCOUNT);
      // Some other web server: its 404 says nothing about the person, and must not be remembered as if it did.
      return /^text\/html\b/i.test(answer.headers.get("content-type") ?? "") ? misconfigured(DSN) : notFound;
    case 400:
    case 422:
      return notFound;
    case 429:
      return "rate_limited";
    default:
      return { kind: "transient", detail: `Unipile answered ${status}${type ? ` (${type})` : ""}.` };
  }
}
