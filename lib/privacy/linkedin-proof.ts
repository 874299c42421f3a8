import { AppError } from "#lib/platform/errors";
import type { SafeFetch } from "#lib/platform/safe-fetch";
import { parseUsername } from "#lib/profiles";

const AUTHORIZE = "https://www.linkedin.com/oauth/v2/authorization";
const TOKEN = "https://www.linkedin.com/oauth/v2/accessToken";
const ME = "https://api.linkedin.com/v2/me?projection=(vanityName)";
const WITHIN_MS = 10_000;

/**
 * Who somebody is at LinkedIn, by signing in there: the vanity name of their own profile (Profile API, `vanityName`).
 * Nothing of it is kept, the token least of all.
 */
export function createLinkedInProof(options: {
  clientId: string;
  clientSecret: string;
  scope: string;
  redirectUri: string;
  fetch: SafeFetch;
}) {
  const { clientId, clientSecret, scope, redirectUri, fetch } = options;
  return {
    /** Where to send the browser; `state` comes back with it. */
    address(state: string): string {
      const query = { response_type: "code", client_id: clientId, redirect_uri: redirectUri, state, scope };
      return `${AUTHORIZE}?${new URLSearchParams(query)}`;
    },

    /** The canonical username of whoever came back with this code. Throws AppError `linkedin_unavailable`. */
    async identify(code: string): Promise<string> {
      const unavailable = (cause: unknown) => new AppError("linkedin_unavailable", { cause });
      const deadline = AbortSignal.timeout(WITHIN_MS);
      const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri, client_id: clientId };
      const granted = await fetch(TOKEN, {
        method: "POST",
        deadline,
        accept: "application/json",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: String(new URLSearchParams({ ...form, client_secret: clientSecret })),
      }).catch((error) => Promise.reject(unavailable(error)));
      const { access_token: token } = fieldsOf(granted.bytes);
      if (granted.status !== 200 || typeof token !== "string") throw unavailable(`token: ${granted.status}`);
      const answer = await fetch(ME, {
        deadline,
        accept: "application/json",
        headers: { authorization: `Bearer ${token}`, "x-restli-protocol-version": "2.0.0" },
      }).catch((error) => Promise.reject(unavailable(error)));
      const { vanityName } = fieldsOf(answer.bytes);
      const parsed = typeof vanityName === "string" ? parseUsername(vanityName) : null;
      if (answer.status !== 200 || !parsed?.ok) throw unavailable(`me: ${answer.status}`);
      return parsed.username;
    },
  };
}

function fieldsOf(bytes: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return parsed !== null && typeof parsed === "object" ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
