import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { browserPerson } from "../support/browser-person.ts";
import { peopledInstallation } from "../support/peopled-installation.ts";
import { enrichLayer } from "../support/provider-contracts.ts";
import { startProviderServer } from "../support/provider-server.ts";
import { expect, type Page, test } from "./journey.ts";

const PERSON = "ada-brook";

async function tryOut(page: Page, whom: string): Promise<void> {
  await page.getByLabel("LinkedIn address or username").fill(whom);
  await page.getByRole("button", { name: "Try it out: EnrichLayer" }).click();
}

test("an operator tries a provider out, sees why it fails and that it is back, and a person is looked up again; without JavaScript", async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const provider = await startProviderServer(enrichLayer);
  const { installation, organizationId, remove } = await peopledInstallation({
    ENRICHLAYER_URL: provider.baseUrl,
    ENRICHLAYER_API_KEY: provider.apiKey,
    ENRICHLAYER_MONTHLY_BUDGET: "5",
    AVTRZ_ALLOW_PRIVATE_HOSTS: provider.host,
  });
  try {
    const operator = await browserPerson(browser, installation, "owner@example.com", { javaScriptEnabled: false });
    const page = await operator.newPage();
    await page.goto(`${installation.url}/${organizationId}/settings`);
    await page.getByRole("link", { name: "Providers", exact: true }).click();
    const card = page.getByRole("listitem").filter({ hasText: "EnrichLayer" });
    await expect(card.getByText("not asked yet")).toBeVisible();

    provider.set(PERSON, { kind: "answer", status: 401 }, { kind: "found" });
    await tryOut(page, PERSON);
    await expect(page.getByRole("status")).toContainText(/It answered in \d+ ms: set up wrongly\./);
    await expect(card.getByText("paused: set up wrongly")).toBeVisible();
    await expect(card.getByText("EnrichLayer refused the API key: configure one that is valid.").first()).toBeVisible();
    await tryOut(page, `https://www.linkedin.com/in/${PERSON}`);
    await expect(page.getByRole("status")).toContainText(/It answered in \d+ ms: found \(\d+ facts, a photo\)\./);
    await expect(card.getByText("ok", { exact: true })).toBeVisible();
    // The refused question was not billed.
    await expect(card.getByText("1 of 5")).toBeVisible();
    await tryOut(page, "https://www.linkedin.com/company/acme");
    await expect(page.getByRole("alert")).toBeVisible();
    expect(provider.calls).toHaveLength(2);
    expect(await overflowAt(page, 320)).toBe(0);

    // What the trial told was not kept; who is looked up again is told of the same provider.
    await page.goto(`${installation.url}/${organizationId}/people/${PERSON}`);
    await expect(page.getByText("EnrichLayer", { exact: true })).toHaveCount(0);
    await page.getByRole("button", { name: "Look up again" }).click();
    await expect(page.getByRole("status").first()).toBeVisible();
    await expect(async () => {
      await page.reload();
      await expect(page.getByText("EnrichLayer", { exact: true }).first()).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000 });
    expect(provider.calls).toHaveLength(3);
    await operator.close();

    const seeing = await browserPerson(browser, installation, "owner@example.com");
    const seen = await seeing.newPage();
    await seen.goto(`${installation.url}/operator/providers`);
    expect(await accessibilityFaults(seen)).toEqual([]);
    await seeing.close();
    const other = await browserPerson(browser, installation, "no-operator@example.com");
    expect((await (await other.newPage()).goto(`${installation.url}/operator/providers`))?.status()).toBe(404);
    await other.close();
  } finally {
    await remove();
    await provider.stop();
  }
});
