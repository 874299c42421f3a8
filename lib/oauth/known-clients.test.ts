import { describe, expect, test } from "vitest";
import { identifyClient, KNOWN_CLIENTS } from "./known-clients.ts";
import { PINNED_DOCUMENTS } from "./pinned-documents.ts";
import { classifyRedirectUri, isRegistered } from "./redirect-uris.ts";

const stranger = { id: "cli_1", name: "Claude" };

test("a name is believed for an exact https address that only its owner has", () => {
  expect(identifyClient(stranger, "https://claude.ai/api/mcp/auth_callback")).toMatchObject({
    name: "Claude",
    known: "claude",
    recognized: true,
    verified: true,
    redirectHost: "claude.ai",
  });
  expect(identifyClient({ id: "cli_1", name: null }, "https://chatgpt.com/connector/oauth/abc-1")).toMatchObject({
    known: "chatgpt",
    verified: true,
  });
});

test.each([
  "https://claude.ai/api/mcp/auth_callback/",
  "https://claude.ai/api/mcp/auth_callback?x=1",
  "https://claude.ai/share/evil",
  "https://claude.ai.evil.example/api/mcp/auth_callback",
  "https://chatgpt.com/connector/oauth/a/b",
  "https://chatgpt.com/connector/oauth/abc?x=1",
  "https://chatgpt.com/connector/oauth/abc\n",
  "https://client.example/callback",
])("another page, even of the same host, proves nothing: %s", (uri) => {
  expect(identifyClient(stranger, uri)).toMatchObject({ known: null, recognized: false, verified: false });
});

test("what nobody knows is called what it calls itself, else where it sends people", () => {
  expect(identifyClient(stranger, "https://client.example/callback").name).toBe("Claude");
  expect(identifyClient({ id: "cli_1", name: null }, "https://client.example/callback").name).toBe("client.example");
});

describe("H-CIMD-52 programs on a computer", () => {
  test("a famous document with a loopback address is recognized, and warned of rather than verified", () => {
    const client = { id: "https://claude.ai/oauth/claude-code-client-metadata", name: "Claude Code" };
    expect(identifyClient(client, "http://localhost:5123/callback")).toMatchObject({
      known: "claude-code",
      recognized: true,
      verified: false,
      redirectKind: "loopback",
      redirectHost: "localhost:5123",
    });
  });

  test.each([
    "http://127.0.0.1:33418/",
    "http://localhost:6274/oauth/callback",
    "cursor://anysphere.cursor-mcp/oauth/callback",
  ])("%s is known, and proves nothing", (uri) => {
    const identity = identifyClient(stranger, uri);
    expect(identity.known).not.toBeNull();
    expect(identity).toMatchObject({ recognized: false, verified: false });
  });
});

test("the addresses we know and have pinned are addresses that a client may use", () => {
  for (const client of Object.values(KNOWN_CLIENTS)) {
    for (const uri of "redirectUris" in client ? client.redirectUris : [])
      if (typeof uri === "string") expect(classifyRedirectUri(uri), uri).toMatchObject({ ok: true });
  }
  for (const { redirectUris } of Object.values(PINNED_DOCUMENTS))
    for (const uri of redirectUris) expect(isRegistered(redirectUris, uri), uri).toBe(true);
});
