import { test as base, expect } from "@playwright/test";
import { answerConsent, browserPerson } from "../support/browser-person.ts";
import { whoIs } from "../support/faces.ts";
import { type PeopledInstallation, peopledInstallation } from "../support/peopled-installation.ts";

export type Running = PeopledInstallation & {
  /** The address that people paste. */
  mcp: string;
  /** Has a person at a browser allow what an authorization address asks; returns where their browser left for. */
  allow(address: string): Promise<URL>;
};

/** What every client meets: one installation with people in it, and its owner at a browser. */
export const test = base.extend<object, { running: Running }>({
  running: [
    async ({ browser }, use) => {
      const prepared = await peopledInstallation();
      const context = await browserPerson(browser, prepared.installation, "owner@example.com");
      await use({
        ...prepared,
        mcp: `${prepared.installation.url}/mcp`,
        async allow(address) {
          const page = await context.newPage();
          try {
            return await answerConsent(page, address);
          } finally {
            await page.close();
          }
        },
      });
      await context.close();
      await prepared.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

/** What a client must get of the tools, whichever library it is built on. */
export type ToolsClient = {
  listTools(): Promise<{ tools: { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
};

type ToolResult = {
  isError?: boolean;
  content: { type: string; data?: string; text?: string }[];
  structuredContent?: { imageUrl?: string };
};

/** The three tools, a real photo as an image block, an address of it that a browser can show, and the key. */
export async function expectTools(client: ToolsClient): Promise<void> {
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(["get_profile", "get_profile_avatar", "get_publishable_key"]);
  const photo = (await client.callTool({
    name: "get_profile_avatar",
    arguments: { username: "ada-brook" },
  })) as ToolResult;
  await expectPhoto(photo);
  const key = (await client.callTool({ name: "get_publishable_key", arguments: {} })) as ToolResult;
  expect(key.content.map(({ text }) => text).join()).toMatch(/pk_live_\w+/);
}

export async function expectPhoto(result: ToolResult): Promise<void> {
  expect(result.isError ?? false).toBe(false);
  const image = result.content.find(({ type }) => type === "image");
  expect(await whoIs(Buffer.from(image?.data ?? "", "base64"))).toBe("ada-brook");
  const shown = await fetch(result.structuredContent?.imageUrl ?? "");
  expect(shown.status).toBe(200);
  expect(await whoIs(Buffer.from(await shown.arrayBuffer()))).toBe("ada-brook");
}

export { expect };
