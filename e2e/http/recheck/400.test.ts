import { expect, test } from "vitest";
import type { ErrorCode } from "../../../lib/platform/errors.ts";
import { recheckRoute } from "../../support/keyed-routes.ts";
import { expectProblem } from "../../support/problems.ts";
import { callerOf } from "../../support/refusals.ts";
import { send, testServices, used } from "../../support/services.ts";

const REFUSED: [query: string, code: ErrorCode][] = [
  ["", "exactly_one_identifier"],
  ["username=ada-l&linkedin_url=linkedin.com/in/ada-l", "exactly_one_identifier"],
  ["username=ada-l&estimate=1", "invalid_parameter"],
  ["username=ada-l&size=128", "unknown_parameter"],
];

test("400: each query that cannot be meant is refused, and costs nothing", async () => {
  const services = await testServices();
  const { id, key } = await callerOf(recheckRoute, services);
  for (const [query, code] of REFUSED) {
    const response = await send(services, `/v1/recheck?${query}`, { method: "POST", headers: { "x-api-key": key } });
    await expectProblem(services, "post /v1/recheck", response, 400, code);
  }
  expect(await used(services, id)).toBe(0);
});
