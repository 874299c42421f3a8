import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect, onTestFinished, test } from "vitest";
import { connectedWorkspace } from "../support/connected-workspace.ts";
import { setUpEnrichment } from "../support/enrichment.ts";
import { callTool } from "../support/mcp.ts";
import { newUsername } from "../support/services.ts";

const world = setUpEnrichment();

/** Request line and headers of every outbound request, as the client writes them; its requests have no bodies. */
function recordEgress(): string[] {
  const sent: string[] = [];
  const record = (message: unknown) => sent.push((message as { headers: string }).headers);
  subscribe("undici:client:sendHeaders", record);
  onTestFinished(() => void unsubscribe("undici:client:sendHeaders", record));
  return sent;
}

test("H-MCP-105 an access token goes nowhere: no outbound request that a call causes carries it", async () => {
  const sent = recordEgress();
  const { token } = await connectedWorkspace(world.web);
  const username = newUsername();
  await callTool(world.web, token, "get_profile", { username });
  await expect.poll(() => sent.some((head) => head.includes(username)), { timeout: 20_000 }).toBe(true);
  expect(sent.join("\n")).not.toContain(token);
  expect(sent.join("\n")).not.toContain("avt_");
});
