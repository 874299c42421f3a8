import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { newcomer } from "../support/browser-person.ts";
import { expect, type Page, test } from "./journey.ts";

const CONNECTIONS = [
  "Notes:",
  '"When exporting your connection data, you may notice that some of the email addresses are missing."',
  "",
  "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
  "Grace,Hopper,https://www.linkedin.com/in/grace-hopper-import,,Navy,Rear Admiral,12 Mar 2024",
  "Ada,Brook,https://www.linkedin.com/in/ada-brook-import,,Harbour & Vale,Engineer,12 Mar 2024",
  "Nobody,Known,https://www.linkedin.com/company/acme,,,,12 Mar 2024",
].join("\r\n");

async function choose(page: Page, name: string, content: string | Buffer): Promise<void> {
  await page.getByLabel("File", { exact: true }).setInputFiles({
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.from(content),
  });
  await page.getByRole("button", { name: "Upload this file" }).click();
}

for (const javaScriptEnabled of [true, false]) {
  test(`LinkedIn's Connections.csv becomes people, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({
    browser,
    prepared: { installation },
  }) => {
    const { page, workspace } = await newcomer(browser, installation, `import-${javaScriptEnabled}@example.com`, {
      javaScriptEnabled,
    });
    await page.goto(`${workspace}/people`);
    await page.getByRole("link", { name: "Import your connections" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Import people" })).toBeVisible();
    if (javaScriptEnabled) {
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflowAt(page, 320)).toBe(0);
    }
    await choose(page, "Connections.csv", CONNECTIONS);
    await expect(page).toHaveURL(/\/people\/imports\/imp_/);
    await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(
      page.getByRole("row", { name: /row 7.* Refused .*company\/acme.* does not lead to a person's profile/ }),
    ).toBeVisible();
    if (javaScriptEnabled) {
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflowAt(page, 320)).toBe(0);
    }
    await page.getByRole("link", { name: "See the people" }).click();
    await expect(page.getByRole("link", { name: "Grace Hopper" })).toBeVisible();
    await expect(page.getByText("Engineer, Harbour & Vale")).toBeVisible();
    await page.context().close();
  });
}

test("a file that is no such file is refused by its name, and the page leads back", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "import-refused@example.com");
  await page.goto(`${workspace}/people/import`);
  await choose(page, "holiday.mp4", Buffer.from("\0\0\0 ftypisom"));
  await expect(page.getByRole("main")).toContainText("holiday.mp4 is not something that can be imported");
  await page.getByRole("link", { name: "Back to where you were" }).click();
  await expect(page).toHaveURL(`${workspace}/people/import`);
  await page.context().close();
});
