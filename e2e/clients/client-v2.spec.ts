import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";
import { expect, expectTools, type ToolsClient, test } from "./client.ts";
import { createProvider, type Kept } from "./sdk-provider.ts";

for (const [how, mode, era] of [
  ["in the legacy era", "legacy", "legacy"],
  ["negotiating", "auto", "modern"],
  ["pinned to 2026-07-28", { pin: "2026-07-28" }, "modern"],
] as const) {
  test(`@modelcontextprotocol/client 2.x connects ${how}, and uses the tools`, async ({ running }) => {
    const kept: Kept = {};
    const provider = createProvider("An SDK 2.x client", kept);
    const connect = () => {
      const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
      const transport = new StreamableHTTPClientTransport(new URL(running.mcp), { authProvider: provider });
      return { client, transport, connected: client.connect(transport) };
    };
    const first = connect();
    await expect(first.connected).rejects.toThrow(UnauthorizedError);
    const answer = await running.allow(String(kept.authorizationUrl));
    await first.transport.finishAuth(answer.searchParams);

    const { client, connected } = connect();
    await connected;
    expect(client.getProtocolEra()).toBe(era);
    await expectTools(client as unknown as ToolsClient);
    await client.close();
  });
}

test("@modelcontextprotocol/client 2.x refuses an answer that names another issuer", async ({ running }) => {
  const kept: Kept = {};
  const transport = new StreamableHTTPClientTransport(new URL(running.mcp), {
    authProvider: createProvider("An SDK 2.x client", kept),
  });
  const client = new Client({ name: "test", version: "1" });
  await expect(client.connect(transport)).rejects.toThrow(UnauthorizedError);
  const answer = await running.allow(String(kept.authorizationUrl));
  const mixedUp = new URLSearchParams(answer.searchParams);
  mixedUp.set("iss", "https://other.example");
  await expect(transport.finishAuth(mixedUp)).rejects.toThrow(/issuer/i);
});
