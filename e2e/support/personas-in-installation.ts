import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { ESSAY, HARBOUR } from "./avatar.ts";
import type { Installation } from "./installation.ts";

/** A persona of a running installation with a book that has pages, an essay, and a file that nobody can read. Its id. */
export async function writtenPersona(installation: Installation, organizationId: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-writings-"));
  const org = ["--org", organizationId];
  const { id } = await installation.avtrz<{ id: string }>(
    "persona",
    "create",
    "Ann Lee",
    ...org,
    "--description",
    "Wrote on taxes, roads and harbours, 1740 to 1760.",
  );
  const add = async (name: string, content: string | Uint8Array, ...more: string[]) => {
    await writeFile(path.join(folder, name), content);
    await installation.avtrz("persona", "add", id, path.join(folder, name), ...org, ...more);
  };
  await add("harbour.pdf", HARBOUR, "--title", "The Harbour", "--year", "1755");
  await add("essays.md", ESSAY, "--title", "Essays", "--year", "1748", "--url", "https://essays.example.org/ann-lee");
  await add("portrait.mov", "\0");
  // What could not be read ends it with 1, which is what it should say.
  await installation.avtrz("persona", "process", id, ...org).catch(() => undefined);
  await rm(folder, { recursive: true });
  return id;
}

/** Asks on a persona's page; the answer's address. */
export async function askOnPage(page: Page, address: string, question: string): Promise<string> {
  await page.goto(address);
  await page.getByLabel("Question").fill(question);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.waitForURL(/\/answers\/ans_/);
  return page.url();
}
