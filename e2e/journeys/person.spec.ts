import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { newcomer } from "../support/browser-person.ts";
import { portraitOf, whoIs } from "../support/faces.ts";
import type { Installation } from "../support/installation.ts";
import { expect, type Page, test } from "./journey.ts";

const GRACE = "grace-hopper-person";

/** Makes a workspace know one person, and gives it a key. */
async function bringGrace(installation: Installation, workspace: string): Promise<void> {
  const id = new URL(workspace).pathname.slice(1);
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-person-"));
  const file = path.join(folder, "people.csv");
  await writeFile(file, `username,first name,last name,company,position\n${GRACE},Grace,Hopper,Navy,Rear Admiral\n`);
  await installation.avtrz("people", "import", file, "--org", id);
  await installation.avtrz("key", "create", "--org", id, "--type", "publishable");
  await rm(folder, { recursive: true });
}

function picture(page: Page) {
  return page.getByRole("region", { name: "Picture" }).getByRole("img", { name: /of Grace Hopper/ });
}

for (const javaScriptEnabled of [true, false]) {
  test(`a person gets a photo of one's own, is suppressed, shown again and deleted, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({
    browser,
    prepared: { installation },
  }) => {
    const email = `person-${javaScriptEnabled}@example.com`;
    const { page, workspace } = await newcomer(browser, installation, email, { javaScriptEnabled });
    await bringGrace(installation, workspace);
    await page.goto(`${workspace}/people`);
    await page.getByRole("link", { name: "Grace Hopper" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Grace Hopper" })).toBeVisible();
    await expect(page.getByRole("row", { name: /Position Rear Admiral Your import/ })).toBeVisible();
    await expect(picture(page)).toHaveAccessibleName("Initials of Grace Hopper");
    const address = (await page.getByText("size=64&", { exact: false }).first().textContent()) ?? "";
    const asked = () => page.request.get(address, { maxRedirects: 0 });
    expect((await asked()).headers()["x-avatar-status"]).toBe("not_found");

    await page.getByLabel("Photo", { exact: true }).setInputFiles({
      name: "grace.jpg",
      mimeType: "image/jpeg",
      buffer: await portraitOf("imani-cole"),
    });
    await page.getByRole("button", { name: "Use this photo" }).click();
    await expect(page.getByRole("status").filter({ hasText: "The photo is shown" })).toBeVisible();
    expect(await whoIs(await picture(page).screenshot())).toBe("imani-cole");
    expect((await asked()).headers()["location"]).toMatch(/^\/cdn\/[0-9a-f]{64}\/64\./);
    if (javaScriptEnabled) {
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflowAt(page, 320)).toBe(0);
    }
    await page.getByRole("button", { name: "Remove the photo of Grace Hopper" }).click();
    await expect(picture(page)).toHaveAccessibleName("Initials of Grace Hopper");

    await page.getByLabel("Suppress Grace Hopper", { exact: true }).click();
    await page.getByLabel("Reason (optional)").fill("she asked by mail");
    await page.getByRole("button", { name: "Suppress Grace Hopper" }).click();
    await expect(page.getByText("she asked by mail")).toBeVisible();
    await expect(page.getByText("Rear Admiral")).toHaveCount(0);
    await page.getByRole("button", { name: /^Show .* again$/ }).click();
    await expect(page.getByRole("status").filter({ hasText: "They may be shown" })).toBeVisible();

    await page.getByLabel(/^Delete grace/).click();
    await page.getByRole("button", { name: /^Delete grace/ }).click();
    await expect(page.getByText("Nobody yet")).toBeVisible();
    await page.goto(`${workspace}/people/${GRACE}`);
    await expect(page.getByText("This workspace does not know that person")).toBeVisible();
    await page.context().close();
  });
}

for (const javaScriptEnabled of [true, false]) {
  test(`a fact is corrected for a workspace and taken back, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({
    browser,
    prepared: { installation },
  }) => {
    const email = `correct-${javaScriptEnabled}@example.com`;
    const { page, workspace } = await newcomer(browser, installation, email, { javaScriptEnabled });
    await bringGrace(installation, workspace);
    await page.goto(`${workspace}/people/${GRACE}`);
    await page.getByText("Correct a fact about Grace Hopper").click();
    await expect(page.getByLabel("Position", { exact: true })).toHaveValue("");
    await page.getByLabel("Position", { exact: true }).fill("Admiral");
    await page.getByLabel("Headline", { exact: true }).fill("Found the bug");
    await page.getByRole("button", { name: "Save what this workspace says" }).click();
    await expect(
      page.getByRole("status").filter({ hasText: "What this workspace says of them is saved" }),
    ).toBeVisible();
    await expect(page.getByRole("row", { name: /Position Admiral Your workspace/ })).toBeVisible();
    await expect(page.getByRole("row", { name: /Position Rear Admiral · not shown Your import/ })).toBeVisible();
    await expect(page.getByText("Your import: Rear Admiral")).toBeVisible();
    if (javaScriptEnabled) {
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflowAt(page, 320)).toBe(0);
    }
    await page.getByLabel("Position", { exact: true }).fill("");
    await page.getByRole("button", { name: "Save what this workspace says" }).click();
    await expect(page.getByRole("row", { name: /Position Rear Admiral Your import/ })).toBeVisible();
    await page.getByRole("button", { name: "Take back every correction" }).click();
    await expect(page.getByText("Found the bug")).toHaveCount(0);
    await page.goto(`${workspace}/activity`);
    await expect(page.getByText(/corrected what is told of/).first()).toBeVisible();
    await page.context().close();
  });
}

test("the palette finds people by their names, with their faces", async ({ browser, prepared: { installation } }) => {
  const { page, workspace } = await newcomer(browser, installation, "palette@example.com");
  await bringGrace(installation, workspace);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("hopp");
  const found = page.getByRole("dialog").getByRole("link", { name: /Grace Hopper/ });
  await expect(found.locator("img")).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${workspace}/people/${GRACE}`);
  await page.context().close();
});
