import { expect, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { send, testServices } from "../../support/services.ts";

test("429: an address that reports too fast is turned away before anything is read", async () => {
  const services = await testServices({
    redis: undefined,
    rateLimits: { organization: 10, key: 10, user: 1_000, address: 2 },
  });
  const post = () => send(services, "/api/leaked-keys", { method: "POST", body: "[]" });
  let response = await post();
  for (let attempt = 0; response.status !== 429 && attempt < 6; attempt++) response = await post();
  await expectProblem(services, "post /api/leaked-keys", response, 429, "rate_limited");
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
});
