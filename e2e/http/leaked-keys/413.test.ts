import { onTestFinished, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { report, startScanner } from "../../support/scanner.ts";

test("413: a body over 8 MB, signed or not", async () => {
  const scanner = await startScanner();
  onTestFinished(scanner.stop);
  const services = await scanner.services();
  const response = await report(services, scanner, " ".repeat(8 * 1024 * 1024 + 1));
  await expectProblem(services, "post /api/leaked-keys", response, 413, "body_too_large");
});
