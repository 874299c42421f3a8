import { workspaceActs } from "./dashboard/acts.ts";
import { workspaceReads } from "./dashboard/reads.ts";
import { workspaceUploads } from "./dashboard/uploads.ts";
import { acceptInvitation } from "./endpoints/accept-invitation.ts";
import { avatar } from "./endpoints/avatar.ts";
import { avatars } from "./endpoints/avatars.ts";
import { cdn } from "./endpoints/cdn.ts";
import { createWorkspace } from "./endpoints/create-workspace.ts";
import { healthz, readyz } from "./endpoints/health.ts";
import { leakedKeys } from "./endpoints/leaked-keys.ts";
import { openapi } from "./endpoints/openapi.ts";
import { persona, personas } from "./endpoints/persona-facts.ts";
import { personaSources } from "./endpoints/persona-sources.ts";
import { personaAsk, personaQuery } from "./endpoints/personas.ts";
import { profile } from "./endpoints/profile.ts";
import { tryProvider } from "./endpoints/provider-trial.ts";
import { recheck } from "./endpoints/recheck.ts";
import { decideRemoval } from "./endpoints/removal-decisions.ts";
import { askForRemoval, comeBackFromLinkedIn, confirmRemoval, proveByLinkedIn } from "./endpoints/remove-my-photo.ts";
import { signIn } from "./endpoints/sign-in.ts";
import { signedImage } from "./endpoints/signed-image.ts";
import { signedUrls } from "./endpoints/signed-urls.ts";
import { usage } from "./endpoints/usage.ts";
import type { Handler } from "./handler.ts";
import { authorize } from "./oauth/authorize.ts";
import { decision } from "./oauth/decision.ts";
import { authorizationServer, openidConfiguration, protectedResource } from "./oauth/metadata.ts";
import { register } from "./oauth/register.ts";
import { revoke, token } from "./oauth/token.ts";

/** The addresses of this surface. A path that ends in / stands for all below. */
export const HTTP_MOUNTS: Readonly<Record<string, Handler>> = {
  "/v1/avatar": avatar,
  "/v1/avatars": avatars,
  "/v1/profile": profile,
  "/v1/recheck": recheck,
  "/v1/usage": usage,
  "/v1/image": signedImage,
  "/v1/signed-urls": signedUrls,
  "/v1/personas/*/ask": personaAsk,
  "/v1/personas/*/query": personaQuery,
  "/v1/personas/*/sources": personaSources,
  "/v1/personas": personas,
  // After those below it: the first that fits is taken.
  "/v1/personas/*": persona,
  "/cdn/": cdn,
  "/healthz": healthz,
  "/readyz": readyz,
  "/api/docs/openapi": openapi,
  "/api/leaked-keys": leakedKeys,
  "/oauth/authorize": authorize,
  "/oauth/authorize/decision": decision,
  "/oauth/token": token,
  "/oauth/register": register,
  "/oauth/revoke": revoke,
  "/.well-known/oauth-authorization-server": authorizationServer,
  "/.well-known/oauth-authorization-server/": authorizationServer,
  "/.well-known/oauth-protected-resource": protectedResource,
  "/.well-known/oauth-protected-resource/": protectedResource,
  "/.well-known/openid-configuration": openidConfiguration,
  "/api/auth/": signIn,
  "/workspaces/create": createWorkspace,
  "/workspaces/": workspaceActs,
  "/api/workspaces/": workspaceReads,
  "/uploads/": workspaceUploads,
  "/invite/accept": acceptInvitation,
  "/remove-my-photo/ask": askForRemoval,
  "/remove-my-photo/confirm": confirmRemoval,
  "/remove-my-photo/linkedin": proveByLinkedIn,
  "/remove-my-photo/linkedin/callback": comeBackFromLinkedIn,
  "/operator/removals/decide": decideRemoval,
  "/operator/providers/try": tryProvider,
  "/.well-known/openid-configuration/": openidConfiguration,
};
