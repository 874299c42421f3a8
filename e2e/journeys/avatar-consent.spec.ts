/** An AI client connects to one avatar: through the consent page in a browser, to its tools, and no further. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { Page } from "@playwright/test";
import { createProvider, type Kept, REDIRECT } from "../clients/sdk-provider.ts";
import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { newcomer } from "../support/browser-person.ts";
import type { Installation } from "../support/installation.ts";
import { ON_SALT } from "../support/personas.ts";
import { expect, test } from "./journey.ts";

type Transport = Parameters<Client["connect"]>[0];
type Called = { isError?: boolean; structuredContent?: { citations?: { quote: string }[] } };

/** Goes the client's way up to the consent page; `allow` goes on from there. */
async function approach(address: string, page: Page) {
  const kept: Kept = {};
  const provider = createProvider("A reader of Ann Lee", kept);
  const open = () => {
    const client = new Client({ name: "test", version: "1" });
    const transport = new StreamableHTTPClientTransport(new URL(address), { authProvider: provider });
    return { client, transport, connect: () => client.connect(transport as Transport) };
  };
  const first = open();
  await expect(first.connect()).rejects.toThrow(UnauthorizedError);
  await page.goto(String(kept.authorizationUrl));
  return {
    kept,
    async allow(): Promise<Client> {
      await page.route(`${REDIRECT}**`, (route) => route.fulfill({ body: "arrived" }));
      await page.getByRole("button", { name: "Allow" }).click();
      await page.waitForURL(`${REDIRECT}**`);
      await first.transport.finishAuth(new URL(page.url()).searchParams.get("code") ?? "");
      const second = open();
      await second.connect();
      return second.client;
    },
  };
}

async function makeAvatar(installation: Installation, organization: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-writings-"));
  await writeFile(path.join(folder, "on-salt.md"), ON_SALT);
  const org = ["--org", organization];
  const { id } = await installation.avtrz<{ id: string }>("persona", "create", "Ann Lee", ...org);
  await installation.avtrz("persona", "add", id, path.join(folder, "on-salt.md"), ...org);
  await installation.avtrz("persona", "process", id, ...org);
  await rm(folder, { recursive: true });
  return id;
}

test("a client is allowed one avatar, lists its tools, asks it, and gets nowhere else", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "avatars@example.com");
  const organization = workspace.split("/").at(-1) ?? "";
  const id = await makeAvatar(installation, organization);
  const address = `${installation.url}/mcp/avatars/${id}`;
  const { kept, allow } = await approach(address, page);
  await expect(page.getByText("It asks for one conversational avatar: Ann Lee.")).toBeVisible();
  await expect(page.getByText("personas:read")).toBeVisible();
  for (const scope of ["avatars:read", "profiles:read", "keys:read"])
    await expect(page.getByText(scope)).toHaveCount(0);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);

  const client = await allow();
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(["query_corpus", "generate_response", "get_avatar_info"]);
  const question = { question: "Why is the salt tax unjust?" };
  const answer = (await client.callTool({ name: "generate_response", arguments: question })) as Called;
  expect(answer.structuredContent?.citations?.[0]?.quote).toContain("falls on the poor");
  await client.close();

  // The token is for this avatar alone.
  const authorization = `Bearer ${kept.tokens?.access_token}`;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const headers = { authorization, "content-type": "application/json", accept: "application/json, text/event-stream" };
  expect((await fetch(`${installation.url}/mcp`, { method: "POST", headers, body })).status).toBe(401);
  await page.goto(`${workspace}/connections`);
  await expect(page.getByText("A reader of Ann Lee").first()).toBeVisible();
  await page.context().close();
});

test("a stranger to the workspace cannot allow its avatar, and everybody may allow the one that comes with the program", async ({
  browser,
  prepared: { installation },
}) => {
  const owner = await newcomer(browser, installation, "one@example.com");
  const id = await makeAvatar(installation, owner.workspace.split("/").at(-1) ?? "");
  await owner.page.context().close();
  const { page, workspace } = await newcomer(browser, installation, "another@example.com");
  await approach(`${installation.url}/mcp/avatars/${id}`, page);
  await expect(page.getByText("It asks for one conversational avatar")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Allow" })).toBeDisabled();

  const organization = workspace.split("/").at(-1) ?? "";
  const listed = await installation.avtrz<{ personas: { id: string }[] }>("persona", "list", "--org", organization);
  const { allow } = await approach(`${installation.url}/mcp/avatars/${listed.personas[0]?.id}`, page);
  await expect(page.getByText("It asks for one conversational avatar: Avtrz documentation.")).toBeVisible();
  const client = await allow();
  const info = (await client.callTool({ name: "get_avatar_info", arguments: {} })) as Called;
  expect(info.structuredContent).toMatchObject({ id: "avtrz-docs", name: "Avtrz documentation" });
  await client.close();
  await page.context().close();
});
