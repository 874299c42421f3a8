import { checkAuthorizationRequest, errorLocation } from "#lib/oauth";
import { AppError } from "#lib/platform/errors";
import { handler } from "../handler.ts";
import { readSession } from "../session.ts";
import { notConnected } from "./not-connected.ts";
import { limitAddress } from "./respond.ts";

/**
 * `GET /oauth/authorize` (OAuth 2.1, 4.1.1): checks the request and leads to the consent screen. Nothing is granted
 * here, and as long as it is not known where an answer may go, every failure is told on a page of ours.
 */
export const authorize = handler({ methods: ["GET"], failure: notConnected }, async (request, services) => {
  await limitAddress(request, services);
  const { config, oauth } = services;
  const outcome = await checkAuthorizationRequest(new URL(request.url).searchParams, {
    publicUrl: config.publicUrl,
    findClient: oauth.clients.find,
  });
  if (outcome.kind === "refused") throw outcome.error;
  if (outcome.kind === "answered") return redirect(errorLocation(outcome, outcome.error, config.publicUrl));
  const { request: checked } = outcome;
  if (checked.silent) {
    // Consent is asked every time: a client_id is no proof of who uses it.
    const session = await readSession(request.headers, services);
    return redirect(
      errorLocation(checked, new AppError(session ? "consent_required" : "login_required"), config.publicUrl),
    );
  }
  return redirect(`/oauth/authorize/${await oauth.requests.create(checked)}`);
});

export function redirect(location: string): Response {
  return new Response(null, {
    status: 303,
    headers: { location, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
}
