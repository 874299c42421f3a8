import { onTestFinished, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { report, startScanner } from "../../support/scanner.ts";

test("401: without the scanner's signature nothing is parsed", async () => {
  const scanner = await startScanner();
  onTestFinished(scanner.stop);
  const services = await scanner.services();
  for (const headers of [{ "github-public-key-signature": "" }, { "github-public-key-identifier": "" }]) {
    const response = await report(services, scanner, "not JSON", headers);
    await expectProblem(services, "post /api/leaked-keys", response, 401, "invalid_signature");
  }
});
