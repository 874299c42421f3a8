import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { browserPerson, newcomer } from "../support/browser-person.ts";
import { INVENTED_PEOPLE, whoIs } from "../support/faces.ts";
import { expect, test } from "./journey.ts";

test("everybody the workspace knows is there with their face, and looking at them costs nothing", async ({
  browser,
  prepared: { installation, organizationId },
}) => {
  const context = await browserPerson(browser, installation, "owner@example.com");
  const page = await context.newPage();
  const metered: string[] = [];
  page.on("request", (request) => /\/v1\//.test(request.url()) && metered.push(request.url()));
  await page.goto(`${installation.url}/${organizationId}/people`);
  for (const person of INVENTED_PEOPLE) {
    const line = page.getByRole("listitem").filter({ has: page.locator(`a[href$="/people/${person}"]`) });
    await expect(line.locator("img")).toHaveJSProperty("complete", true);
    expect(await whoIs(await line.locator("img").screenshot())).toBe(person);
    await expect(line.getByText("Photo", { exact: true })).toBeVisible();
  }
  expect(metered).toEqual([]);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);
  await context.close();
});

test("people are found by name and by status, and the same people come as a CSV", async ({
  browser,
  prepared: { installation, organizationId },
}) => {
  const context = await browserPerson(browser, installation, "owner@example.com", { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${installation.url}/${organizationId}/people`);
  await page.getByRole("searchbox").fill("https://www.linkedin.com/in/tomas-lind");
  await page.getByLabel("Status").selectOption("Photo");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.locator('main a[href*="/people/"]', { hasText: "tomas-lind" })).toBeVisible();
  await expect(page.getByText("One person", { exact: true })).toBeVisible();
  const href = (await page.getByRole("link", { name: "CSV" }).getAttribute("href")) ?? "";
  const csv = await (await page.request.get(installation.url + href)).text();
  expect(
    csv
      .trim()
      .split("\r\n")
      .map((line) => line.split(",")[0]),
  ).toEqual(["Username", "tomas-lind"]);
  await page.getByLabel("Status").selectOption("Suppressed");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page.getByText("Nobody matches")).toBeVisible();
  await context.close();
});

test("a workspace that knows nobody says how people come in", async ({ browser, prepared: { installation } }) => {
  const { page, workspace } = await newcomer(browser, installation, "nobody-yet@example.com");
  await page.goto(`${workspace}/people`);
  await expect(page.getByText("Nobody yet")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.context().close();
});
