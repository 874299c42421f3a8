import { expect, test } from "./client.ts";
import { onAuthorizationUrl, runProgram } from "./program.ts";

test("the doctor's own visit passes every step, with somebody at a browser", async ({ running }) => {
  let left: Promise<unknown> = Promise.resolve();
  const { code, stdout, stderr } = await runProgram(
    "bin/avtrz.ts",
    ["doctor", running.mcp, "--profile", "https://www.linkedin.com/in/ada-brook", "--json"],
    {
      onOutput: onAuthorizationUrl((address) => {
        left = running.allow(address);
      }),
    },
  );
  await left;
  const { healthy, steps } = JSON.parse(stdout);
  expect(
    { code, healthy, failed: steps.filter((step: { verdict: string }) => step.verdict !== "passed") },
    stderr,
  ).toEqual({
    code: 0,
    healthy: true,
    failed: [],
  });
  const { connections } = await running.installation.avtrz<{ connections: { clientName: string }[] }>(
    "connection",
    "list",
  );
  expect(connections.map(({ clientName }) => clientName)).not.toContain("avtrz doctor");
});
