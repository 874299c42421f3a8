import { AppError, isAppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { formFields } from "../form.ts";
import { oauthEndpoint, oauthJson } from "./respond.ts";

/** `POST /oauth/token` (OAuth 2.1, 3.2). */
export const token = oauthEndpoint(async (request, services) => {
  const fields = await clientFields(request);
  const clientId = await requireClient(fields, services);
  const resources = fields.getAll("resource");
  const grantType = required(fields, "grant_type");
  if (grantType === "authorization_code") {
    return oauthJson(
      await services.oauth.grants.exchangeCode({
        clientId,
        code: required(fields, "code"),
        redirectUri: fields.get("redirect_uri"),
        verifier: fields.get("code_verifier") ?? "",
        resources,
      }),
    );
  }
  if (grantType === "refresh_token") {
    const refreshToken = required(fields, "refresh_token");
    return oauthJson(
      await services.oauth.grants.refresh({ clientId, refreshToken, scope: fields.get("scope"), resources }),
    );
  }
  throw new AppError("unsupported_grant_type");
});

/** `POST /oauth/revoke` (RFC 7009): 200 whatever the token was. */
export const revoke = oauthEndpoint(async (request, services) => {
  const fields = await clientFields(request);
  const clientId = required(fields, "client_id");
  await services.oauth.revoke({ clientId, token: required(fields, "token") });
  return new Response(null, { status: 200, headers: { "cache-control": "no-store", pragma: "no-cache" } });
});

/** The body's fields. Clients here are public ones: a secret is refused rather than believed, and so is an address's query. */
async function clientFields(request: Request): Promise<URLSearchParams> {
  const authorization = request.headers.get("authorization");
  if (authorization !== null) throw new AppError("client_authentication_refused");
  if (new URL(request.url).search !== "") throw invalid("parameters belong in the body, never in the address");
  const fields = await formFields(request).catch((error) => {
    throw isAppError(error) && error.code === "unsupported_media_type"
      ? invalid("the body must be application/x-www-form-urlencoded")
      : error;
  });
  for (const name of new Set(fields.keys())) {
    if (name !== "resource" && fields.getAll(name).length > 1) throw invalid("a parameter was given more than once");
  }
  // RFC 6749, 2.3.1: an empty secret is as good as none, and some clients send it.
  if (fields.get("client_secret") || fields.has("client_assertion"))
    throw new AppError("client_authentication_refused");
  return fields;
}

/** Clients that are gone get `invalid_client`, on which they register anew; that is why this comes before the grant. */
async function requireClient(fields: URLSearchParams, services: Services): Promise<string> {
  const clientId = required(fields, "client_id");
  if (!(await services.oauth.clients.exists(clientId))) throw new AppError("client_unknown");
  return clientId;
}

function required(fields: URLSearchParams, name: string): string {
  const value = fields.get(name);
  if (!value) throw invalid(`${name} is missing`);
  return value;
}

function invalid(problem: string): AppError {
  return new AppError("invalid_request", { fields: { problem } });
}
