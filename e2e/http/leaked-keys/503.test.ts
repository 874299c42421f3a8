import { expect, onTestFinished, test } from "vitest";
import { AppError } from "../../../lib/platform/errors.ts";
import { faultyDatabase } from "../../support/faults.ts";
import { expectProblem } from "../../support/problems.ts";
import { findingOf, report, startScanner } from "../../support/scanner.ts";
import { workspace } from "../../support/services.ts";

test("503: a report that could not be acted on is not acknowledged", async () => {
  const scanner = await startScanner();
  onTestFinished(scanner.stop);
  const gone = () => new AppError("database_unavailable", { retryAfterSeconds: 1 });
  const services = await scanner.services({ db: faultyDatabase(/from api_key/, gone) });
  const { mint } = await workspace(services);
  const { key } = await mint("secret");
  const response = await report(services, scanner, [findingOf(key)]);
  await expectProblem(services, "post /api/leaked-keys", response, 503, "database_unavailable");
  expect(response.headers.get("retry-after")).toBe("1");
});
