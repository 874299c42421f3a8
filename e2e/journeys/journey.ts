import { test as base, expect, type Page } from "@playwright/test";
import type { Installation } from "../support/installation.ts";
import { type PeopledInstallation, peopledInstallation } from "../support/peopled-installation.ts";

/** What every journey starts from: one installation with people in it for the whole run, and a browser that is heard. */
export const test = base.extend<{ complaints: string[] }, { prepared: PeopledInstallation }>({
  prepared: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures wanted from this pattern
    async ({}, use) => {
      const prepared = await peopledInstallation();
      await use(prepared);
      await prepared.remove();
    },
    { scope: "worker", timeout: 180_000 },
  ],
  /** What the browser complained of while the page was used: errors, refused content. */
  complaints: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    await use(complaints);
  },
});

/** Units of avatar_requests used this month, as the operator's tool says. */
export async function unitsUsed(installation: Installation, organizationId: string): Promise<number> {
  const { usage } = await installation.avtrz<{ usage: { metric: string; used: number }[] }>(
    "usage",
    "--org",
    organizationId,
  );
  return usage.find((row) => row.metric === "avatar_requests")?.used ?? 0;
}

export { expect, type Page };
