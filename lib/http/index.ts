/**
 * The HTTP surface: handlers of the form (Request, Services) → Response that know neither Next nor a server. Every
 * failure becomes a problem document or, for an <img>, a picture with the same status; nothing else leaves.
 */

export { addressBucket } from "./client-address.ts";
export { clientOf } from "./client-name.ts";
export { actOutcome } from "./dashboard/acts.ts";
export { personSegment } from "./dashboard/person-segment.ts";
export { workspaceFormPurpose } from "./dashboard/purpose.ts";
export { readShownOnce } from "./dashboard/shown-once.ts";
export { identityFields, readIdentity } from "./endpoints/avatar-query.ts";
export { imageUrl } from "./endpoints/avatars.ts";
export { NEW_WORKSPACE } from "./endpoints/create-workspace.ts";
export { describeApi } from "./endpoints/openapi.ts";
export { ProfileAnswer } from "./endpoints/profile.ts";
export { PROVIDER_TRIALS } from "./endpoints/provider-trial.ts";
export { REMOVAL_DECISIONS } from "./endpoints/removal-decisions.ts";
export { formToken } from "./form.ts";
export { type Handler, handler, logFailure } from "./handler.ts";
export { type InvitationSent, invite } from "./invite.ts";
export { HTTP_MOUNTS } from "./mounts.ts";
export { sendResponse, toRequest } from "./node-adapter.ts";
export { consentPurpose } from "./oauth/decision.ts";
export { readBytes } from "./parse.ts";
export { returnPath } from "./return-path.ts";
export { readSession, type SignedIn, sessionCookieName } from "./session.ts";
export { invitationLink, signInLink, signInPage } from "./sign-in/links.ts";
export { PROVIDER_NAMES } from "./sign-in/providers.ts";
