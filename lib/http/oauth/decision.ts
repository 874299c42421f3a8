import { findResource, isRequestId } from "#lib/oauth";
import { AppError, isAppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { readForm } from "../form.ts";
import { handler } from "../handler.ts";
import { readSession } from "../session.ts";
import { redirect } from "./authorize.ts";
import { notConnected } from "./not-connected.ts";

/** The purpose of a consent form's token: one form, one request. */
export const consentPurpose = (requestId: string): string => `consent ${requestId}`;

/**
 * `POST /oauth/authorize/decision`: what a person chose on the consent screen. Only the request's id, the choice and
 * the workspace are read from the form; everything else is what was checked and kept.
 */
export const decision = handler({ methods: ["POST"], failure: notConnected }, async (request, services) => {
  const session = await readSession(request.headers, services);
  if (!session) throw new AppError("sign_in_needed");
  const id = new URL(request.url).searchParams.get("request") ?? "";
  if (!isRequestId(id)) throw new AppError("authorization_request_over");
  const fields = await readForm(request, services, session, consentPurpose(id));
  const { decisions, requests } = services.oauth;
  try {
    if (fields.get("decision") !== "allow") return redirect(await decisions.deny(id, session.userId));
    const organizationId = fields.get("organization") ?? "";
    const waiting = await requests.find(id);
    const personaId = waiting && findResource(services.config.publicUrl, waiting.resource)?.personaId;
    // An avatar is asked in the workspace that has it, and in no other.
    if (personaId) await services.personas.persona(organizationId, personaId);
    const location = await decisions.allow(id, session.userId, organizationId);
    if (!personaId) await provisionKey(services, organizationId, session.userId);
    return redirect(location);
  } catch (error) {
    if (!isAppError(error) || error.code !== "authorization_request_over") throw error;
    // Sent twice (a double click): the browser follows the second answer, so it must be the first one's.
    const earlier = await requests.outcome(id, session.userId);
    if (!earlier) throw error;
    return redirect(earlier);
  }
});

/** The key that image addresses carry. Without it the tools still work, so it does not keep anybody from connecting. */
async function provisionKey({ keys, log }: Services, organizationId: string, userId: string): Promise<void> {
  try {
    await keys.manager.provisionMcpKey(organizationId, userId);
  } catch (error) {
    log.warn({ err: error, organization: organizationId }, "no key for image addresses could be made");
  }
}
