import { expect, test } from "vitest";
import { HOT_MOUNTS } from "../../../lib/mounts.ts";
import { send, testServices } from "../../support/services.ts";

/** Described by their own metadata (RFC 8414, MCP), which is what their callers read; texts; and what only our own forms send to. */
const DESCRIBED_ELSEWHERE =
  /^\/(docs\/|llms|oauth\/|\.well-known\/|mcp(\/|$)|api\/auth\/|(api\/)?workspaces\/|uploads\/|invite\/|remove-my-photo\/|operator\/)/;

test("200: an OpenAPI 3.1 document that knows every address, with its own as the server", async () => {
  const services = await testServices();
  const response = await send(services, "/api/docs/openapi");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cache-control")).toBe("public, max-age=300");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  const document = await response.json();
  expect(document.openapi).toMatch(/^3\.1\./);
  expect(document.servers).toEqual([{ url: "http://avtrz.test" }]);
  const described = Object.keys(document.paths);
  for (const mount of Object.keys(HOT_MOUNTS)) {
    if (mount === "/api/docs/openapi" || DESCRIBED_ELSEWHERE.test(mount)) continue;
    expect(
      described.some((path) => path === mount.replace("*", "{id}") || (mount.endsWith("/") && path.startsWith(mount))),
      mount,
    ).toBe(true);
  }
  const operations = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap(Object.values);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});
