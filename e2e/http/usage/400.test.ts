import { expect, test } from "vitest";
import { usageRoute } from "../../support/keyed-routes.ts";
import { expectProblem } from "../../support/problems.ts";
import { callerOf } from "../../support/refusals.ts";
import { testServices } from "../../support/services.ts";

test("400: no parameter leads to another workspace or another month", async () => {
  const services = await testServices();
  const { key } = await callerOf(usageRoute, services);
  for (const name of ["organization", "organization_id", "month", "toString"]) {
    const response = await usageRoute.ask(services, { key, query: { [name]: "x" } });
    const { title } = await expectProblem(services, "get /v1/usage", response, 400, "unknown_parameter");
    expect(title).toContain(name);
  }
});
