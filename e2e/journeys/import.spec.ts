import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
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

const HUBSPOT = [
  "Datensatz-ID;Vorname;Nachname;Jobtitel;Name des Unternehmens;Rang;LinkedIn-URL",
  "1;Ada;Brook;Ingenieurin;Hafen & Söhne;Chefin;https://www.linkedin.com/in/ada-brook-hubspot",
  "2;Sal;Nav;;;;https://www.linkedin.com/sales/lead/ACwAAAx,NAME_SEARCH",
  "3;Max;Muster;Leiter;;;linkedin.com/in/max-muster-hubspot",
].join("\r\n");

for (const javaScriptEnabled of [true, false]) {
  test(`a CRM's contacts are looked over, corrected and imported, ${javaScriptEnabled ? "on a phone" : "without JavaScript"}`, async ({
    browser,
    prepared: { installation },
  }) => {
    const { page, workspace } = await newcomer(browser, installation, `mapping-${javaScriptEnabled}@example.com`, {
      javaScriptEnabled,
      ...(javaScriptEnabled ? { viewport: { width: 390, height: 844 } } : {}),
    });
    const current = page.getByRole("list", { name: "Steps of an import" }).locator("[aria-current=step]");
    await page.goto(`${workspace}/people/import`);
    await expect(current).toContainText("Choose a file");
    await choose(page, "kontakte.csv", Buffer.from(HUBSPOT, "latin1"));
    await expect(page).toHaveURL(/\/people\/imports\/imp_/);
    await expect(current).toContainText("Look over its columns");
    await expect(page.getByText("Windows-1252 (Western European), in columns parted by semicolons")).toBeVisible();
    await expect(page.getByText(/1 of the first 3 rows: a Sales Navigator/)).toBeVisible();
    await expect(page.getByLabel("Jobtitel", { exact: true })).toHaveValue("position");
    await expect(page.getByLabel("LinkedIn-URL", { exact: true })).toHaveValue("url");
    if (javaScriptEnabled) {
      expect(await accessibilityFaults(page)).toEqual([]);
      expect(await overflowAt(page, 320)).toBe(0);
      await page.setViewportSize({ width: 390, height: 844 });
    }

    await page.getByLabel("LinkedIn-URL", { exact: true }).selectOption("");
    await page.getByRole("button", { name: "Import this file" }).click();
    await expect(page.getByText("None of the columns is known to say who a row is")).toBeVisible();
    await page.getByLabel("LinkedIn-URL", { exact: true }).selectOption("url");
    await page.getByLabel("Jobtitel", { exact: true }).selectOption("headline");
    await page.getByLabel("Rang", { exact: true }).selectOption("position");
    await page.getByRole("button", { name: "Show what comes of it" }).click();
    const first = page.getByRole("list", { name: "What would become of the first rows" }).getByRole("listitem").first();
    await expect(first).toContainText(
      /Taken\s*ada-brook-hubspot\s*row 2\s*Ada Brook: Ingenieurin, Chefin, Hafen & Söhne/,
    );
    await page.getByRole("button", { name: "Import this file" }).click();
    await expect(page.getByText("Done", { exact: true })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole("row", { name: /row 3, column LinkedIn-URL Refused .*Sales Navigator/ })).toBeVisible();
    const report = await page.request.get(
      (await page.getByRole("link", { name: "CSV" }).getAttribute("href"))?.replace(/^\//, `${installation.url}/`) ??
        "",
    );
    expect(await report.text()).toMatch(/"?row 3, column LinkedIn-URL"?,refused,.*is a Sales Navigator/);

    await page.goto(`${workspace}/people/import`);
    await choose(page, "again.csv", "Rang;Jobtitel;Profil\nx;y;linkedin.com/in/next-one-hubspot\n");
    await expect(page.getByLabel("Jobtitel", { exact: true })).toHaveValue("headline");
    await expect(page.getByLabel("Profil", { exact: true })).toHaveValue("url");
    await page.getByRole("button", { name: "Discard again.csv" }).click();
    await expect(page.getByText("Nothing of it was imported")).toBeVisible();
    await page.context().close();
  });
}

test("files that cannot be taken are told by name and place, and the page leads back", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "import-wrong@example.com");
  const refused = async (name: string, content: string | Buffer, says: string | RegExp) => {
    await page.goto(`${workspace}/people/import`);
    await choose(page, name, content);
    await expect(page.getByRole("main")).toContainText(says);
  };
  await refused("empty.csv", "", "empty.csv is not something that can be imported: it is empty");
  await refused("prose.csv", "Dear all,\nno list\n", /prose.csv is not something.*names columns/);
  await refused("sheet.csv", Buffer.from("504b0304ffff", "hex"), "sheet.csv is broken");
  const mixed = Buffer.concat([Buffer.from("Name,URL\nJürgen,x\nJ"), Buffer.from([0xfc, 0x72, 0x2c, 0x78])]);
  await refused("mixed.csv", mixed, "mixed.csv is broken at line 3: some bytes are not UTF-8, though others are");

  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-large-"));
  const large = await open(path.join(folder, "large.csv"), "w");
  await large.write("Name,URL\n");
  await large.truncate(200 * 1024 * 1024);
  await large.close();
  await page.goto(`${workspace}/people/import`);
  await page.getByLabel("File", { exact: true }).setInputFiles(path.join(folder, "large.csv"));
  await page.getByRole("button", { name: "Upload this file" }).click();
  await expect(page.getByRole("main")).toContainText("64 MB", { timeout: 30_000 });
  await page.getByRole("link", { name: "Back to where you were" }).click();
  await expect(page).toHaveURL(`${workspace}/people/import`);
  await rm(folder, { recursive: true });
  await page.context().close();
});

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
