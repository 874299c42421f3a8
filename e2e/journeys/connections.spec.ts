import { answerConsent, newcomer } from "../support/browser-person.ts";
import { askForConsent } from "../support/consent-request.ts";
import { expect, test } from "./journey.ts";

test("a connection says what it may do and where it answers to, and is revoked, without JavaScript too", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "connects@example.com", {
    javaScriptEnabled: false,
  });
  await page.goto(`${workspace}/connections`);
  await expect(page.getByText("No AI client is connected")).toBeVisible();
  const cursor = await page.getByRole("link", { name: "Add to Cursor" }).getAttribute("href");
  const config = new URL(cursor ?? "").searchParams.get("config") ?? "";
  expect(JSON.parse(Buffer.from(config, "base64").toString())).toEqual({ url: `${installation.url}/mcp` });

  await page.route("https://client.example/**", (route) => route.fulfill({ body: "arrived" }));
  for (const name of ["First client", "Second client", "Third client"]) {
    const { address } = await askForConsent(installation.url, { name, redirectUri: "https://client.example/cb" });
    await answerConsent(page, address);
    await expect(page.getByText("arrived")).toBeVisible();
  }
  await page.goto(`${workspace}/connections`);
  const first = page.getByRole("listitem").filter({ hasText: "First client" });
  for (const words of ["unverified", "See profile photos", "Allowed by you", "client.example", "Never used"])
    await expect(first).toContainText(words);

  await page.getByLabel("Revoke First client").click();
  await page.getByRole("button", { name: "Revoke First client" }).click();
  await expect(page.getByRole("status")).toContainText("The connection has ended.");
  await expect(page.getByRole("heading", { name: "2 connections" })).toBeVisible();
  await page.getByLabel("Revoke all").click();
  await page.getByRole("button", { name: "Revoke all 2 connections" }).click();
  await expect(page.getByText("No AI client is connected")).toBeVisible();
  await page.context().close();
});
