import { MCP_RESOURCE, type Resource } from "./resources.ts";
import { SCOPES } from "./scopes.ts";

/** RFC 8414. Everything derives from the one configured address, never from a request's headers. */
export function authorizationServerMetadata(publicUrl: string) {
  return {
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}/oauth/authorize`,
    token_endpoint: `${publicUrl}/oauth/token`,
    registration_endpoint: `${publicUrl}/oauth/register`,
    revocation_endpoint: `${publicUrl}/oauth/revoke`,
    scopes_supported: Object.keys(SCOPES),
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    code_challenge_methods_supported: ["S256"],
    // `none` alone: some clients use their metadata document only where it is listed.
    token_endpoint_auth_methods_supported: ["none"],
    revocation_endpoint_auth_methods_supported: ["none"],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    service_documentation: `${publicUrl}/docs`,
  };
}

/** RFC 9728, for the tools at /mcp or for an avatar. */
export function protectedResourceMetadata(publicUrl: string, { path, scopes }: Resource = MCP_RESOURCE) {
  return {
    resource: publicUrl + path,
    authorization_servers: [publicUrl],
    scopes_supported: [...scopes],
    bearer_methods_supported: ["header"],
    resource_name: "Avtrz",
    resource_documentation: `${publicUrl}/docs`,
  };
}
