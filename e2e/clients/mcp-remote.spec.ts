import path from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ROOT } from "../support/installation.ts";
import { expect, expectTools, test } from "./client.ts";
import { closedEnvironment, onAuthorizationUrl } from "./program.ts";

const PROXY = path.join(ROOT, "node_modules/mcp-remote/dist/proxy.js");

test("mcp-remote connects, uses the tools, and the next time asks nobody", async ({ running }) => {
  const { environment, remove } = await closedEnvironment();
  let asked = 0;
  const use = async (...parameters: string[]) => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [PROXY, running.mcp, ...parameters],
      env: environment,
      stderr: "pipe",
    });
    let heard = "";
    const listen = onAuthorizationUrl((address) => {
      asked++;
      void running.allow(address);
    });
    transport.stderr?.on("data", (chunk) => {
      heard += chunk;
      listen(heard);
    });
    const client = new Client({ name: "test", version: "1" });
    try {
      await client.connect(transport, { timeout: 30_000 });
      await expectTools(client);
    } catch (error) {
      throw new Error(`mcp-remote said:\n${heard}`, { cause: error });
    } finally {
      // Ends the child too: a stale one would keep the callback's port.
      await client.close();
    }
  };
  try {
    await use();
    expect(asked).toBe(1);
    await use("--protocol", "auto");
    expect(asked).toBe(1);
  } finally {
    await remove();
  }
});
