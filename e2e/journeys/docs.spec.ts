import { PAGE_NAMES } from "../../lib/docs/contents.ts";
import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { expect, test } from "./journey.ts";

const ADDRESSES = ["/docs", ...PAGE_NAMES.map((name) => `/docs/${name}`)];

for (const address of ADDRESSES) {
  test(`axe finds nothing on ${address}, light and dark; at 320 px what is wide scrolls inside itself`, async ({
    page,
    prepared,
    complaints,
  }) => {
    await page.goto(prepared.installation.url + address);
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await overflowAt(page, 320)).toBe(0);
    expect(complaints).toEqual([]);
  });
}

test("a reader goes through all pages by Next, and each says where it stands", async ({ page, prepared }) => {
  await page.goto(`${prepared.installation.url}/docs`);
  await page.getByRole("main").getByRole("link", { name: "Quickstart" }).last().click();
  const seen: string[] = [];
  for (;;) {
    const here = page.getByRole("navigation", { name: "Documentation" }).locator('[aria-current="page"]:visible');
    const title = await page.getByRole("heading", { level: 1 }).textContent();
    await expect(here).toHaveText(title ?? "");
    await expect(page).toHaveTitle(`${title} · Avtrz`);
    seen.push(new URL(page.url()).pathname.slice("/docs/".length));
    const next = page.getByRole("link", { name: /^Next/ });
    if ((await next.count()) === 0) break;
    await next.click();
    await page.waitForURL((url) => !url.pathname.endsWith(`/${seen.at(-1)}`));
  }
  expect(seen).toEqual(PAGE_NAMES);
});

test("a sample is copied by one press", async ({ page, context, prepared }) => {
  const { url } = prepared.installation;
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  await page.goto(`${url}/docs/connect-cursor`);
  await page.getByRole("button", { name: "Copy this sample" }).first().click();
  await expect(page.getByText("Copied")).toBeVisible();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(copied.mcpServers.avtrz.url).toBe(`${url}/mcp`);
});

test("without JavaScript everything is there but the copy buttons", async ({ browser, prepared }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${prepared.installation.url}/docs/get-avatar`);
  await expect(page.getByRole("heading", { name: "Reference" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "Width and height in pixels. Default: 128." })).toBeVisible();
  await expect(page.getByRole("button")).toHaveCount(0);
  await page.getByText("All pages").click();
  await page.getByRole("link", { name: "Self-hosting" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Self-hosting" })).toBeVisible();
  await context.close();
});

test("addresses that others know a page by lead to it, and unknown ones are told to be", async ({ page, prepared }) => {
  const { url } = prepared.installation;
  await page.goto(`${url}/docs/mcp/tools#get_profile`);
  await expect(page).toHaveURL(`${url}/docs/mcp-tools#get_profile`);
  expect((await page.goto(`${url}/docs/nothing`))?.status()).toBe(404);
});

test("each page is also Markdown, linked from the page and listed for programs", async ({ page, prepared }) => {
  const { url } = prepared.installation;
  await page.goto(`${url}/docs/quickstart`);
  const source = await page.getByRole("link", { name: "This page as Markdown" }).getAttribute("href");
  const answer = await page.request.get(url + source);
  expect(answer.headers()["content-type"]).toBe("text/markdown; charset=utf-8");
  expect(await answer.text()).toContain(`"${url}/v1/avatar?key=`);
  const listed = await (await page.request.get(`${url}/llms.txt`)).text();
  for (const name of PAGE_NAMES) expect(listed).toContain(`(${url}/docs/${name}.md): `);
  const all = await (await page.request.get(`${url}/llms-full.txt`)).text();
  expect(all.match(/^# /gm)?.length).toBeGreaterThanOrEqual(PAGE_NAMES.length);
});
