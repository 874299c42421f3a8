/** The tools as clients that others wrote see them: both majors of the official SDK, in both protocol eras. */
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { connectedWorkspace } from "../support/connected-workspace.ts";
import { portraitOf, whoIs } from "../support/faces.ts";
import { listenOn } from "../support/mcp.ts";
import { importPhoto } from "../support/people.ts";
import { ledgerOf, newUsername, testServices } from "../support/services.ts";

type Tools = Pick<ClientV1, "listTools" | "callTool" | "readResource"> & { close(): Promise<void> };
type Connected = { client: Tools; era: string | undefined };
type Connect = (url: URL, token: string) => Promise<Connected>;

const requestInit = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

const CLIENTS: [name: string, era: string, connect: Connect][] = [
  [
    "@modelcontextprotocol/sdk 1.x",
    "2025-11-25",
    async (url, token) => {
      const client = new ClientV1({ name: "test", version: "1" });
      const transport = new TransportV1(url, { requestInit: requestInit(token) });
      await client.connect(transport as Parameters<typeof client.connect>[0]);
      return { client, era: transport.protocolVersion };
    },
  ],
  ["@modelcontextprotocol/client 2.x, legacy era", "legacy", (url, token) => connectV2(url, token, "legacy")],
  ["@modelcontextprotocol/client 2.x, negotiating", "modern", (url, token) => connectV2(url, token, "auto")],
];

async function connectV2(url: URL, token: string, mode: "legacy" | "auto"): Promise<Connected> {
  const client = new ClientV2({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(new TransportV2(url, { requestInit: requestInit(token) }));
  return { client: client as unknown as Tools, era: client.getProtocolEra() };
}

test.each(CLIENTS)("%s lists the tools, and gets a real photo, facts and the key", async (_name, era, connect) => {
  const services = await testServices();
  const { id, token } = await connectedWorkspace(services);
  const username = newUsername();
  await importPhoto(services, id, username, await portraitOf("ada-brook"));
  const url = await listenOn(services);
  const { client, era: spoken } = await connect(url, token);
  onTestFinished(() => client.close());
  expect(spoken).toBe(era);

  const { tools } = await client.listTools();
  expect(tools.map((tool) => tool.name)).toEqual(["get_profile_avatar", "get_profile", "get_publishable_key"]);
  for (const tool of tools) {
    expect(tool.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false, openWorldHint: false });
    expect(tool.title).toMatch(/\S/);
    expect(tool._meta?.["securitySchemes"]).toEqual([{ type: "oauth2", scopes: [expect.stringContaining(":read")] }]);
  }

  const avatar = await client.callTool({ name: "get_profile_avatar", arguments: { username, size: 64 } });
  const [image, text] = avatar.content as [{ data: string; mimeType: string }, { text: string }];
  expect(image.mimeType).toBe("image/webp");
  const picture = Buffer.from(image.data, "base64");
  expect(await sharp(picture).metadata()).toMatchObject({ format: "webp", width: 64, height: 64 });
  expect(await whoIs(picture)).toBe("ada-brook");
  expect(text.text).toContain("Embeddable URL: ");

  const profile = await client.callTool({
    name: "get_profile",
    arguments: { linkedin_url: `https://www.linkedin.com/in/${username}` },
  });
  expect(profile.structuredContent).toMatchObject({ username });

  const key = await client.callTool({ name: "get_publishable_key", arguments: {} });
  expect(key.structuredContent).toMatchObject({ publishable_key: expect.stringMatching(/^pk_live_/) });

  const card = await client.readResource({ uri: "ui://avtrz/profile-card-1.html" });
  expect(card.contents[0]).toMatchObject({ mimeType: "text/html;profile=mcp-app" });

  const refused = await client.callTool({ name: "get_profile", arguments: {} });
  expect(refused).toMatchObject({
    isError: true,
    content: [{ type: "text", text: "Pass exactly one of linkedin_url or username." }],
  });
  const rows = await ledgerOf(services, id);
  expect(rows.map((row) => [row.tool, row.channel, row.outcome, row.units])).toEqual([
    ["get_profile_avatar", "mcp", "resolved", 1],
    ["get_profile", "mcp", "resolved", 1],
    ["get_profile", "mcp", "blocked", 0],
  ]);
});

test.each(CLIENTS)("%s is told of an unknown tool, and of a token that is none", async (_name, _era, connect) => {
  const services = await testServices();
  const { token } = await connectedWorkspace(services);
  const url = await listenOn(services);
  const { client } = await connect(url, token);
  onTestFinished(() => client.close());
  await expect(client.callTool({ name: "get_everything", arguments: {} })).rejects.toMatchObject({ code: -32602 });
  await expect(connect(url, `avt_${"x".repeat(43)}`)).rejects.toThrow();
});
