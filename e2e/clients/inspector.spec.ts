import { expect, expectPhoto, test } from "./client.ts";
import { closedEnvironment, onAuthorizationUrl, runProgram } from "./program.ts";

const INSPECTOR = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";

test("the MCP Inspector's CLI connects, finds no fault in the tools' schemas, and gets a real photo", async ({
  running,
}) => {
  const { environment, remove } = await closedEnvironment();
  const inspect = (...parameters: string[]) => {
    let allowed: Promise<unknown> = Promise.resolve();
    const ended = runProgram(INSPECTOR, ["--cli", running.mcp, "--transport", "http", ...parameters], {
      environment: { ...environment, MCP_AUTO_OPEN_ENABLED: "true", MCP_INSPECTOR_SECRET_STORE: "file" },
      onOutput: onAuthorizationUrl((address) => {
        allowed = running.allow(address);
      }),
    });
    return ended.then(async (result) => {
      await allowed;
      expect(result, result.stderr).toMatchObject({ code: 0 });
      return result.stdout;
    });
  };
  try {
    const listed = JSON.parse(await inspect("--method", "tools/list", "--strict"));
    expect(listed.tools).toHaveLength(3);
    const called = await inspect(
      "--method",
      "tools/call",
      "--tool-name",
      "get_profile_avatar",
      "--tool-arg",
      "username=ada-brook",
      "--protocol-era",
      "modern",
    );
    await expectPhoto(JSON.parse(called));
  } finally {
    await remove();
  }
});
