import { expect, onTestFinished, test } from "vitest";
import { mintKey } from "../../../lib/keys/format.ts";
import { expectDescribed } from "../../support/openapi.ts";
import { findingOf, report, startScanner } from "../../support/scanner.ts";
import { workspace } from "../../support/services.ts";

test("200: each finding is labelled, in order, in the form the scanner's programme asks for", async () => {
  const scanner = await startScanner();
  onTestFinished(scanner.stop);
  const services = await scanner.services();
  const { key: publishable, mint } = await workspace(services);
  const { key: secret } = await mint("secret");
  const unknown = mintKey("secret");
  const tokens = [unknown, secret, publishable, "sk_live_nonsense"];
  const response = await report(services, scanner, tokens.map(findingOf));
  expect(response.status).toBe(200);
  await expectDescribed(services, "post /api/leaked-keys", response);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual(
    tokens.map((token) => ({
      token_raw: token,
      token_type: "avtrz_secret_key",
      label: token === secret ? "true_positive" : "false_positive",
    })),
  );
  expect(await (await report(services, scanner, [])).json()).toEqual([]);
});
