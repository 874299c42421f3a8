import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { expect, expectTools, test } from "./client.ts";
import { createProvider, type Kept } from "./sdk-provider.ts";

type Transport = Parameters<Client["connect"]>[0];

test("@modelcontextprotocol/sdk 1.x connects, uses the tools, and refreshes in silence", async ({ running }) => {
  const kept: Kept = {};
  const provider = createProvider("An SDK 1.x client", kept);
  const connect = async () => {
    const client = new Client({ name: "test", version: "1" });
    const transport = new StreamableHTTPClientTransport(new URL(running.mcp), { authProvider: provider });
    return { client, transport, connected: client.connect(transport as Transport) };
  };
  const first = await connect();
  await expect(first.connected).rejects.toThrow(UnauthorizedError);
  const answer = await running.allow(String(kept.authorizationUrl));
  expect(answer.searchParams.get("state")).toBe("a state of the client's");
  await first.transport.finishAuth(answer.searchParams.get("code") ?? "");

  const { client, connected } = await connect();
  await connected;
  await expectTools(client);

  const before = kept.tokens;
  kept.tokens = { ...before, access_token: "worn-out" } as NonNullable<typeof before>;
  await client.listTools();
  expect(kept.tokens.refresh_token).not.toBe(before?.refresh_token);
  expect(kept.tokens.access_token).not.toBe("worn-out");
  await client.close();
});
