import { expect, test } from "vitest";
import type { ErrorCode } from "../../../lib/platform/errors.ts";
import { profileRoute } from "../../support/keyed-routes.ts";
import { expectProblem } from "../../support/problems.ts";
import { callerOf } from "../../support/refusals.ts";
import { ledgerOf, send, testServices, used } from "../../support/services.ts";

const REFUSED: [query: string, code: ErrorCode][] = [
  ["", "exactly_one_identifier"],
  ["username=ada-l&linkedin_url=linkedin.com/in/ada-l", "exactly_one_identifier"],
  ["username=%00", "invalid_username"],
  ["linkedin_url=https://www.linkedin.com/company/acme", "unsupported_path"],
  ["username=ada-l&size=128", "unknown_parameter"],
  ["username=ada-l&username=grace-h", "repeated_parameter"],
];

test("400: each query that cannot be meant is refused, costs nothing, and is recorded as blocked", async () => {
  const services = await testServices();
  const { id, key } = await callerOf(profileRoute, services);
  for (const [query, code] of REFUSED) {
    const response = await send(services, `/v1/profile?${query}`, { headers: { "x-api-key": key } });
    await expectProblem(services, "get /v1/profile", response, 400, code);
  }
  expect(await used(services, id)).toBe(0);
  const rows = await ledgerOf(services, id);
  expect(rows.map((row) => [row.tool, row.code, row.units])).toEqual(REFUSED.map(([, code]) => ["profile", code, 0]));
});
