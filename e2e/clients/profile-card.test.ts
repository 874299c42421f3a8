/** The profile card in a real browser, in a sandboxed frame of a small host that speaks MCP Apps' messages. */
import { type Browser, chromium, type FrameLocator, type Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BROWSER_ARGUMENTS, findChromium } from "../support/browser.ts";
import { connectedWorkspace } from "../support/connected-workspace.ts";
import { portraitOf, whoIs } from "../support/faces.ts";
import { callTool, postMcp, type ToolResult } from "../support/mcp.ts";
import { importPhoto } from "../support/people.ts";
import { newUsername, testServices, unipileConfig } from "../support/services.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium() ?? "", args: BROWSER_ARGUMENTS });
});
afterAll(() => browser.close());

type Theme = "light" | "dark";
type Shown = { card: FrameLocator; page: Page; requests: string[]; complaints: string[] };

async function showCard(html: string, result: unknown, theme: Theme): Promise<Shown> {
  const page = await browser.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", ({ url }) => /^(data|about|blob):/.test(url()) || requests.push(url()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.setContent("<iframe sandbox=allow-scripts width=480 height=320 title=card></iframe>");
  await page.evaluate(
    ([source, given, scheme]) => {
      const frame = document.querySelector("iframe") as HTMLIFrameElement;
      const say = (message: object) => frame.contentWindow?.postMessage({ jsonrpc: "2.0", ...message }, "*");
      addEventListener("message", ({ source: from, data }) => {
        if (from !== frame.contentWindow) return;
        if (data.method === "ui/initialize") {
          const hostInfo = { name: "test", version: "1" };
          const result = {
            protocolVersion: "2026-01-26",
            hostInfo,
            hostCapabilities: {},
            hostContext: { theme: scheme },
          };
          say({ id: data.id, result });
        }
        if (data.method === "ui/notifications/initialized")
          say({ method: "ui/notifications/tool-result", params: given });
        if (data.method === "ui/notifications/size-changed") frame.dataset["height"] = data.params.height;
      });
      frame.srcdoc = source;
    },
    [html, result, theme] as const,
  );
  return { card: page.frameLocator("iframe"), page, requests, complaints };
}

async function prepared(config = {}) {
  const services = await testServices(config);
  const { id, token } = await connectedWorkspace(services);
  const answer = await postMcp(services, token, "resources/read", { uri: "ui://avtrz/profile-card-1.html" }, "modern");
  const [contents] = (await answer.json()).result.contents;
  return { services, id, token, contents, html: contents.text as string };
}

const PERSON: Partial<ToolResult> = {
  structuredContent: {
    username: "janedoe",
    first_name: "Jane",
    last_name: "<img src=https://evil.example/x onerror=alert(1)>",
    headline: "</article><script>parent.postMessage('x','*')</script>",
    open_to_work: true,
  },
  content: [],
};

test.each<[Theme, string]>([
  ["light", "rgb(255, 255, 255)"],
  ["dark", "rgb(27, 30, 36)"],
])(
  "a face, a name and facts are shown in the host's %s scheme, and nothing is loaded from anywhere",
  async (theme, paper) => {
    const { services, id, token, html, contents } = await prepared();
    expect(contents._meta.ui.csp).toEqual({ connectDomains: [], resourceDomains: [] });
    const username = newUsername("jane-doe");
    await importPhoto(services, id, username, await portraitOf("imani-cole"));
    for (const tool of ["get_profile_avatar", "get_profile"]) {
      const { card, page, requests, complaints } = await showCard(
        html,
        await callTool(services, token, tool, { username }),
        theme,
      );
      await card.getByRole("heading", { name: /^jane.doe/i }).waitFor();
      expect(await whoIs(await card.getByRole("img", { name: /^Portrait of jane.doe/i }).screenshot())).toBe(
        "imani-cole",
      );
      expect(await card.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor)).toBe(paper);
      await expect.poll(() => page.locator("iframe").getAttribute("data-height").then(Number)).toBeGreaterThan(60);
      expect([requests, complaints]).toEqual([[], []]);
      await page.close();
    }
  },
);

test("what a profile says is shown as it stands, and is no markup", async () => {
  const { html } = await prepared();
  const { card, page, requests, complaints } = await showCard(html, PERSON, "light");
  await card.getByRole("heading", { name: "Jane <img src=https://evil.example/x onerror=alert(1)>" }).waitFor();
  expect(await card.locator("article img, article script").count()).toBe(0);
  expect([requests, complaints]).toEqual([[], []]);
  await page.close();
});

test("initials, a person who is being looked up, and a refusal are shown too", async () => {
  const { services, token, html } = await prepared(unipileConfig);
  const username = newUsername("jane-doe");
  const art = await showCard(html, await callTool(services, token, "get_profile_avatar", { username }), "dark");
  await art.card.getByRole("img", { name: /^Portrait of jane.doe/i }).waitFor();
  const refused = await showCard(html, await callTool(services, token, "get_profile", {}), "dark");
  await refused.card.getByText("Pass exactly one of linkedin_url or username.").waitFor();
  for (const { page, complaints } of [art, refused]) {
    expect(complaints).toEqual([]);
    await page.close();
  }
});
