import type { Locator } from "@playwright/test";
import { whoIs } from "../support/faces.ts";
import { expect, type Page, test } from "./journey.ts";

test("a pasted address becomes the face, at every size, with addresses to copy", async ({
  page,
  prepared,
  complaints,
}) => {
  await page.goto(`${prepared.installation.url}/?key=${prepared.key}`);
  await page.getByLabel("LinkedIn address or username").fill("https://uk.linkedin.com/in/Ada-Brook/?trk=share");
  await page.getByRole("button", { name: "Show the face" }).click();

  await expect(page.getByText("A real photo")).toBeVisible();
  expect(await whoIs(await face(page, "Ada Brook").screenshot())).toBe("ada-brook");
  await expect(page.getByRole("listitem")).toHaveCount(5);
  for (const image of await page.getByRole("listitem").getByRole("presentation").all()) {
    expect(await image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(0);
  }
  expect(complaints).toEqual([]);
});

test("it works without JavaScript", async ({ browser, prepared }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${prepared.installation.url}/?key=${prepared.key}`);
  await page.getByLabel("LinkedIn address or username").fill("imani-cole");
  await page.getByRole("button", { name: "Show the face" }).click();
  // Without JavaScript nothing tells when a picture is painted.
  await expect.poll(async () => whoIs(await face(page, "Imani Cole").screenshot())).toBe("imani-cole");
  await context.close();
});

test("without a key it shows the person's initials, and where to get a key", async ({ page, prepared, complaints }) => {
  await page.goto(`${prepared.installation.url}/?person=grace-hopper`);
  await expect(page.getByRole("img", { name: "Initials of Grace Hopper" })).toBeVisible();
  await expect(page.getByText("npm run avtrz -- key list")).toBeVisible();
  expect(complaints).toEqual([]);
});

for (const [what, query, sentence] of [
  ["a company's address", "person=https://www.linkedin.com/company/acme", /companies/i],
  ["a secret key", `person=ada-brook&key=sk_live_${"0".repeat(30)}`, /secret/i],
  ["a key with a typing mistake", "person=ada-brook&key=pk_live_nonsense", /key/i],
] as const) {
  test(`${what} is answered with what is wrong and what to do`, async ({ page, prepared }) => {
    await page.goto(`${prepared.installation.url}/?${query}`);
    await expect(page.getByRole("alert").filter({ hasText: sentence })).toBeVisible();
  });
}

test("an unknown page says so and leads home", async ({ page, prepared }) => {
  const response = await page.goto(`${prepared.installation.url}/nowhere`);
  expect(response?.status()).toBe(404);
  await page.getByRole("link").first().click();
  await expect(page).toHaveURL(`${prepared.installation.url}/`);
});

function face(page: Page, name: string): Locator {
  return page.getByRole("img", { name });
}
