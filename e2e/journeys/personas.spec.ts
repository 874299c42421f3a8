import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { newcomer } from "../support/browser-person.ts";
import type { Installation } from "../support/installation.ts";
import { ON_SALT } from "../support/personas.ts";
import { expect, test } from "./journey.ts";

/** Units of persona_requests that a workspace has used. */
async function questionsUsed(installation: Installation, workspace: string): Promise<number> {
  const organization = workspace.split("/").at(-1) ?? "";
  const { usage } = await installation.avtrz<{ usage: { metric: string; used: number }[] }>(
    "usage",
    "--org",
    organization,
  );
  return usage.find(({ metric }) => metric === "persona_requests")?.used ?? 0;
}

test("a persona is made, given a file and asked, and shows its quotes in their passages", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "writer@example.com");
  await page.goto(`${workspace}/personas`);
  await expect(page.getByText("No persona of your own yet")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel("Name").fill("Ann Lee");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByText("The avatar is made.")).toBeVisible();
  await page
    .getByLabel("File", { exact: true })
    .setInputFiles({ name: "on-salt.md", mimeType: "text/markdown", buffer: Buffer.from(ON_SALT) });
  await page.getByRole("button", { name: "Add this file" }).click();
  await expect(page.getByText("The file is taken.")).toBeVisible();
  // The page keeps up by itself, and what is being typed stays.
  await page.getByLabel("Question").fill("Why is the salt tax unjust?");
  await expect(page.getByText("ready", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByLabel("Question")).toHaveValue("Why is the salt tax unjust?");
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);

  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page).toHaveURL(/\/answers\/ans_\w+/);
  await expect(page.locator("mark").first()).toContainText("The tax on salt falls on the poor");
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);
  await page.reload();
  // By the browser's own history: what the page makes of it is no navigation that could be waited for.
  const answer = page.url();
  await page.evaluate(() => history.back());
  await expect(page).not.toHaveURL(answer);
  await page.evaluate(() => history.forward());
  await expect(page).toHaveURL(answer);
  expect(await questionsUsed(installation, workspace)).toBe(1);

  await page.getByRole("link", { name: "Source 1" }).click();
  await expect(page).toHaveURL(/\/passages\/src_\w+:0\?answer=/);
  await expect(page.locator("mark")).toContainText("The tax on salt falls on the poor");
  await expect(page.getByText("On roads").first()).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);
  await page.getByRole("link", { name: "After →" }).click();
  await expect(page.getByText("Passage 2 of 2")).toBeVisible();
  await page.getByRole("link", { name: "Ann Lee" }).click();

  await page.getByLabel("Question").fill("What is bitcoin?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText("Not in this corpus")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole("link", { name: "Ann Lee" }).click();
  await expect(page.getByRole("link", { name: "What is bitcoin?" })).toBeVisible();
  expect(await questionsUsed(installation, workspace)).toBe(2);

  await page.getByRole("link", { name: "Evaluation" }).click();
  await expect(page.getByText("Not evaluated yet")).toBeVisible();
  await page.getByLabel("Questions", { exact: true }).setInputFiles({
    name: "questions.jsonl",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(
      `${JSON.stringify({ id: "q1", style: "near", question: "Why is the salt tax unjust?", gold: [{ document: "on salt", quote: "The tax on salt falls on the poor" }] })}\n${JSON.stringify({ id: "q2", kind: "uncovered", question: "What is bitcoin?" })}`,
    ),
  });
  await page.getByRole("button", { name: "Ask them" }).click();
  await expect(page.getByText("100.0 % refused")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("100.0 % answered")).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);
  expect(await questionsUsed(installation, workspace)).toBe(2);
  await page.getByRole("link", { name: "Ann Lee" }).click();

  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Name").fill("Ann L.");
  await page.getByLabel("In the first person").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The avatar is changed.")).toBeVisible();
  await expect(page.getByLabel("In the first person")).toBeChecked();
  await page.getByLabel("Name").fill(" ");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The avatar cannot be made like this" })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);
  await page.context().close();
});

test("without JavaScript the page of a persona looks again while files are read, and only then", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "plain@example.com", { javaScriptEnabled: false });
  const organization = workspace.split("/").at(-1) ?? "";
  const { id } = await installation.avtrz<{ id: string }>("persona", "create", "Plain Ann", "--org", organization);
  await page.goto(`${workspace}/personas/${id}`);
  await expect(page.locator('meta[http-equiv="refresh"]')).toHaveCount(0);
  await page
    .getByLabel("File", { exact: true })
    .setInputFiles({ name: "on-salt.md", mimeType: "text/markdown", buffer: Buffer.from(ON_SALT) });
  await page.getByRole("button", { name: "Add this file" }).click();
  await expect(page.getByText("ready", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('meta[http-equiv="refresh"]')).toHaveCount(0);
  await page.getByLabel("Question").fill("Why is the salt tax unjust?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.locator("mark").first()).toContainText("The tax on salt");
  await page.context().close();
});

test("the avatar that comes with the program is there from the first start, is asked, and cannot be changed", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "first@example.com");
  await page.goto(`${workspace}/personas`);
  await expect(page.getByText("Built in")).toBeVisible();
  await page.getByRole("link", { name: "Avtrz documentation" }).click();
  await expect(page.getByText("waiting", { exact: true })).toHaveCount(0, { timeout: 30_000 });
  await page.getByLabel("Question").fill("Which sizes can a picture have?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.locator("mark").first()).toBeVisible();
  await page.getByRole("link", { name: "Source 1" }).click();
  await expect(page.getByRole("link", { name: "Read it there" })).toHaveAttribute("href", /\/docs\//);
  await page.getByRole("link", { name: "Avtrz documentation" }).click();
  await expect(page).toHaveURL(/\/personas\/per_\w+$/);
  for (const name of ["Add this file", "Edit", "Remove Quickstart…"])
    await expect(page.getByText(name, { exact: true })).toHaveCount(0);
  const edit = await page.goto(`${page.url()}/edit`);
  expect(edit?.status()).toBe(404);
  await page.context().close();
});
