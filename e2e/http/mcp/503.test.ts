import { expect, test } from "vitest";
import { postMcp } from "../../support/mcp.ts";
import { testServices } from "../../support/services.ts";

test("503: within two seconds when the database is away, and no token is called invalid for it", async () => {
  const services = await testServices({ databaseUrl: "postgres://nobody@127.0.0.1:1/nothing" });
  const started = performance.now();
  const response = await postMcp(services, `avt_${"x".repeat(43)}`, "tools/list");
  expect(performance.now() - started).toBeLessThan(2_000);
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(response.headers.has("www-authenticate")).toBe(false);
});
