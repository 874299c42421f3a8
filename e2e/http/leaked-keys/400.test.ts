import { onTestFinished, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { report, startScanner } from "../../support/scanner.ts";

test("400: a signed body that is not a list of findings", async () => {
  const scanner = await startScanner();
  onTestFinished(scanner.stop);
  const services = await scanner.services();
  for (const body of ["{", "null", "{}", '[{"token":7,"type":"x"}]', '[{"type":"x"}]', '["sk_live_x"]']) {
    const response = await report(services, scanner, body);
    await expectProblem(services, "post /api/leaked-keys", response, 400, "invalid_body");
  }
});
