import { expect, test } from "vitest";
import { send, testServices } from "../../support/services.ts";

const PUBLIC_URL = "https://avtrz.example";
const get = async (path: string) => send(await testServices({ publicUrl: PUBLIC_URL }), path);

test.each(["", "/mcp"])("200: what the authorization server can do, with %j after it", async (suffix) => {
  const answer = await get(`/.well-known/oauth-authorization-server${suffix}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(await answer.json()).toMatchObject({
    issuer: PUBLIC_URL,
    authorization_endpoint: `${PUBLIC_URL}/oauth/authorize`,
    token_endpoint: `${PUBLIC_URL}/oauth/token`,
    registration_endpoint: `${PUBLIC_URL}/oauth/register`,
    revocation_endpoint: `${PUBLIC_URL}/oauth/revoke`,
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["none"],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    scopes_supported: expect.arrayContaining(["avatars:read", "offline_access"]),
  });
});

test.each(["", "/mcp"])("200: what the tools' resource is, with %j after it", async (suffix) => {
  const answer = await get(`/.well-known/oauth-protected-resource${suffix}`);
  expect(answer.status).toBe(200);
  const document = await answer.json();
  expect(document).toMatchObject({
    resource: `${PUBLIC_URL}/mcp`,
    authorization_servers: [PUBLIC_URL],
    bearer_methods_supported: ["header"],
  });
  expect(document.scopes_supported).not.toContain("offline_access");
});

test.each([
  "/.well-known/oauth-authorization-server/other",
  "/.well-known/oauth-protected-resource/mcp/other",
  "/.well-known/openid-configuration",
  "/.well-known/openid-configuration/mcp",
])("404: %s is nothing, said as JSON that any page may read", async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(404);
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect(await answer.json()).toMatchObject({ code: "not_found" });
});
