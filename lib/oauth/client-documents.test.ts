import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDocumentAddress, readDocument } from "./client-documents.ts";

const ID = "https://client.example/oauth/client.json";
const DOCUMENT = {
  client_id: ID,
  client_name: "A client",
  redirect_uris: ["https://client.example/callback"],
  token_endpoint_auth_method: "none",
};
const bytes = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));
const read = (more: Record<string, unknown>) => readDocument(ID, bytes({ ...DOCUMENT, ...more }));
const refused = (work: () => unknown) =>
  expect(work).toThrow(expect.objectContaining({ code: "client_document_invalid" }));

test("a client_id is the address of a document in its one normal form alone", () => {
  for (const id of [ID, "https://client.example/a/", "https://client.example/a?v=1"])
    expect(isDocumentAddress(id), id).toBe(true);
  for (const id of [
    "http://client.example/a",
    "https://client.example",
    "https://client.example/",
    "https://CLIENT.example/a",
    "https://client.example:443/a",
    "https://client.example:8443/a",
    "https://client.example/a/../b",
    "https://client.example/./b",
    "https://client.example/%2e%2e/b",
    "https://client.example/a#",
    "https://user@client.example/a",
    "https://client.example\\a",
    "https://client.example/a b",
    " https://client.example/a",
    "https://client.example/a\0",
    `https://client.example/${"a".repeat(2_000)}`,
    "cli_1",
  ])
    expect(isDocumentAddress(id), id).toBe(false);
});

test("no address of a document is written in two ways", () => {
  fc.assert(
    fc.property(fc.webUrl({ validSchemes: ["https"], withQueryParameters: true }), (id) => {
      fc.pre(isDocumentAddress(id));
      expect(new URL(id).href).toBe(id);
    }),
  );
});

test("what is unknown in a document is ignored, and none among several methods is enough", () => {
  const client = { id: ID, kind: "document", name: "A client", clientUri: null, redirectUris: DOCUMENT.redirect_uris };
  expect(read({})).toEqual(client);
  expect(read({ grant_types: ["urn:ietf:params:oauth:grant-type:jwt-bearer"], logo_uri: "http://evil/" })).toEqual(
    client,
  );
  expect(
    read({
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_methods_supported: ["private_key_jwt", "none"],
    }),
  ).toEqual(client);
  expect(read({ token_endpoint_auth_method: undefined, jwks: { keys: [{ kty: "EC", x: "1", y: "2" }] } })).toEqual(
    client,
  );
});

describe("H-CIMD-48 a document that everybody reads holds no secret", () => {
  test.each([
    { token_endpoint_auth_method: "client_secret_basic" },
    { token_endpoint_auth_method: "client_secret_post" },
    { token_endpoint_auth_method: "client_secret_jwt", token_endpoint_auth_methods_supported: ["none"] },
    { token_endpoint_auth_method: "private_key_jwt" },
    { client_secret: "hunter2" },
    { client_secret: "" },
    { jwks: { keys: [{ kty: "RSA", n: "1", e: "AQAB", d: "1" }] } },
    { jwks: { keys: [{ kty: "oct", k: "1" }] } },
  ])("%j is refused", (more) => {
    refused(() => read(more));
  });
});

describe("H-CIMD-45 a document says whose it is, letter by letter", () => {
  test.each([
    "https://client.example/oauth/Client.json",
    "https://client.example:443/oauth/client.json",
    "https://client.example/oauth/client.json/",
    "https://client.example/oauth/client.json?",
    "https://CLIENT.example/oauth/client.json",
    undefined,
    [ID],
  ])("client_id %j is not this document's", (clientId) => {
    refused(() => read({ client_id: clientId }));
  });
});

test("whatever stands in a document, it is a client with usable addresses or refused", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((text) => new TextEncoder().encode(text)),
        fc.record({ redirect_uris: fc.anything(), client_name: fc.anything(), jwks: fc.anything() }).map((more) => {
          try {
            return bytes({ ...DOCUMENT, ...more });
          } catch {
            return bytes(DOCUMENT);
          }
        }),
      ),
      (body) => {
        try {
          expect(readDocument(ID, body).redirectUris.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ code: "client_document_invalid" });
        }
      },
    ),
  );
});
