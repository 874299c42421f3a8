import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { newcomer } from "../support/browser-person.ts";
import { expect, test } from "./journey.ts";

/** Fills the form of a new key and sends it; `press` is how. */
async function create(page: Page, home: string, name: string, type: "Publishable" | "Secret"): Promise<void> {
  await page.goto(`${home}/keys/create`);
  await page.getByLabel("Name").fill(name);
  await page.getByRole("radio", { name: type }).check();
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with" : "without";

  test(`H-KEY-61 a secret key is shown once, works as the page says, and is gone after, ${how} JavaScript`, async ({
    browser,
    prepared: { installation },
  }, info) => {
    const { page, workspace: home } = await newcomer(browser, installation, `keys-${how}@example.com`, {
      javaScriptEnabled,
    });
    await create(page, home, "Backend", "Secret");
    const [response] = await Promise.all([
      page.waitForResponse((one) => one.url().includes("/new")),
      page.getByRole("button", { name: "Create key" }).dblclick(),
    ]);
    await expect(page).toHaveURL(/\/keys\/key_\w+\/new/);
    expect(response.headers()["cache-control"]).toContain("no-store");
    await page.getByText("Reveal the key").click();
    const secret = (await page.getByText(/^sk_live_\w{30}$/).textContent()) ?? "";
    expect(page.url()).not.toContain(secret);

    const masked = (await page.getByRole("region", { name: "the sample for curl" }).textContent()) ?? "";
    expect(masked).not.toContain(secret);
    const command = masked.replace(/sk_live_…\w{4}/, secret);
    await promisify(execFile)("bash", ["-c", command], { cwd: info.outputPath() });
    const file = command.match(/[\w-]+\.png/)?.[0] ?? "";
    expect((await readFile(info.outputPath(file))).subarray(1, 4).toString()).toBe("PNG");
    const download = page.getByRole("link", { name: "Download .env" });
    expect(decodeURIComponent((await download.getAttribute("href")) ?? "")).toContain(`AVTRZ_KEY=${secret}\n`);

    const shown = page.url();
    await page.getByRole("button", { name: "I have kept the key" }).click();
    await expect(page.getByRole("row", { name: /Backend/ })).toHaveCount(1);
    await page.goBack();
    await expect(page.getByText("was shown once")).toBeVisible();
    await page.goto(shown);
    await expect(page.getByText("was shown once")).toBeVisible();
    expect(await page.content()).not.toContain(secret);
    await page.context().close();
  });

  test(`a key's domains, its rotation and its end are a form each, ${how} JavaScript`, async ({
    browser,
    prepared: { installation },
  }) => {
    const { page, workspace: home } = await newcomer(browser, installation, `turns-${how}@example.com`, {
      javaScriptEnabled,
    });
    await create(page, home, "Website", "Publishable");
    await page.getByLabel("Allowed domains (optional)").fill("https://example.com/a page");
    await page.getByRole("button", { name: "Create key" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "This is not a domain." })).toBeVisible();
    await expect(page.getByLabel("Name")).toHaveValue("Website");
    await page.getByLabel("Allowed domains (optional)").fill("");
    await page.getByRole("button", { name: "Create key" }).click();

    const html = (await page.getByRole("region", { name: "the sample for HTML" }).textContent()) ?? "";
    const product = await page.context().newPage();
    await product.setContent(html, { waitUntil: "load" });
    expect(await product.locator("img").getAttribute("src")).toContain("key=pk_live_");
    await expect
      .poll(() => product.locator("img").evaluate((image) => "naturalWidth" in image && image.naturalWidth))
      .toBe(256);
    await product.close();

    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("link", { name: "Website" }).click();
    await page.getByLabel("Domains, one a line").fill("App.example.com, *.example.org");
    await page.getByRole("button", { name: "Save domains" }).click();
    await expect(page.getByLabel("Domains, one a line")).toHaveValue("app.example.com\n*.example.org");
    const old = page.url().split("?")[0] ?? "";

    await page.getByLabel(/^The key …/).selectOption({ label: "Works for 6 hours more" });
    await page.getByRole("button", { name: /^Rotate key …\w{4}$/ }).click();
    await expect(page.getByRole("heading", { name: "Website: the key is made" })).toBeVisible();
    await page.getByRole("button", { name: "Done" }).click();
    await expect(page.getByRole("row", { name: /Website.*rotating/ })).toContainText("works until in 6 hours");

    await page.goto(old);
    await expect(page.getByText("It was used once in the last 24 hours.").first()).toBeVisible();
    await page
      .getByLabel(/^Revoke key …/)
      .first()
      .click();
    await page.getByRole("button", { name: /^Revoke key …\w{4}$/ }).click();
    await expect(page.getByRole("status")).toContainText("The key is revoked.");
    await expect(page.getByRole("row", { name: /Website.*revoked/ })).toHaveCount(1);
    await expect(page.getByRole("row", { name: /Website.*active/ })).toHaveCount(1);

    const csv = await page.request.get(`${installation.url}/api/workspaces/${home.split("/").at(-1)}/keys.csv`);
    expect((await csv.text()).match(/^Website,publishable,\w{4},app\.example\.com \*\.example\.org,/gm)).toHaveLength(
      2,
    );
    await page.context().close();
  });
}

test("leaving the secret asks first, until it was copied", async ({ browser, prepared: { installation } }) => {
  const { page, workspace: home } = await newcomer(browser, installation, "guard@example.com", {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await create(page, home, "Backend", "Secret");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByText("Reveal the key").click();
  const asked: string[] = [];
  page.on("dialog", async (dialog) => {
    asked.push(dialog.type());
    await dialog.dismiss();
  });
  await page.goto(`${home}/keys`).catch(() => undefined);
  expect(asked).toEqual(["beforeunload"]);
  await expect(page.getByText(/^sk_live_\w{30}$/)).toBeVisible();
  await page.getByRole("button", { name: "Copy the key" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^sk_live_\w{30}$/);
  await page.goto(`${home}/keys`);
  expect(asked).toEqual(["beforeunload"]);
  await page.context().close();
});
