/**
 * The OAuth 2.1 authorization server: what a client may do is what a person allowed it, for one organization and one
 * resource, until it is revoked. Small pure checks in a visible order; codes and refresh tokens are used by one
 * conditional UPDATE; a revocation holds in every process within a second.
 */
export { type AccessGrant, createAccessTokens, type TokenVerification } from "./access-tokens.ts";
export { type AuthorizationRequest, createAuthorizationRequests, isRequestId } from "./authorization-requests.ts";
export { type AuthorizeOutcome, checkAuthorizationRequest } from "./authorize.ts";
export { createClientDocuments, type OauthClient } from "./client-documents.ts";
export { createClients, type Registration } from "./clients.ts";
export { type ConnectionOverview, createConnectionOverview } from "./connection-overview.ts";
export { type ConnectionSummary, createConnections } from "./connections.ts";
export { createDecisions, errorLocation } from "./decisions.ts";
export { oauthErrorOf } from "./error-code.ts";
export { createGrants, type TokenAnswer } from "./grants.ts";
export { removeExpiredGrants } from "./housekeeping.ts";
export { type ClientIdentity, identifyClient, type KnownClientName } from "./known-clients.ts";
export { authorizationServerMetadata, protectedResourceMetadata } from "./metadata.ts";
export { formActionSource } from "./redirect-uris.ts";
export { findResource, MCP_RESOURCE, type Resource, resourceAt } from "./resources.ts";
export { createRevocation } from "./revocation.ts";
export { isScope, MCP_SCOPES, SCOPES, type Scope } from "./scopes.ts";
