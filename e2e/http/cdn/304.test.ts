import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { storedPhoto } from "../../support/people.ts";
import { send, testServices } from "../../support/services.ts";

test("304: a picture whose ETag the client names is not sent again", async () => {
  const services = await testServices();
  const { address } = await storedPhoto(services);
  const file = `${address}/64.webp`;
  const etag = (await send(services, file)).headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[^"]+"$/);
  for (const named of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const response = await send(services, file, { headers: { "if-none-match": named } });
    expect(response.status, named).toBe(304);
    await expectDescribed(services, "get /cdn/{sha256}/{file}", response);
    expect(await response.text()).toBe("");
    expect(response.headers.get("etag")).toBe(etag);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  }
  for (const named of ['"other"', etag.slice(1, -1), ""]) {
    expect((await send(services, file, { headers: { "if-none-match": named } })).status).toBe(200);
  }
});
