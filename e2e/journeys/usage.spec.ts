import { newcomer } from "../support/browser-person.ts";
import { expect, test } from "./journey.ts";

test("what is used is told with its limit, what happens there and when it starts again, and every page warns before", async ({
  browser,
  prepared: { installation },
}) => {
  const { page, workspace } = await newcomer(browser, installation, "usage@example.com", { javaScriptEnabled: false });
  const id = workspace.split("/").at(-1) ?? "";
  const limit = (metric: string, most: number) =>
    installation.avtrz("quota", "set", "--org", id, "--metric", metric, "--limit", String(most));
  await limit("avatar_requests", 5);
  const { key } = await installation.avtrz<{ key: string }>(
    "key",
    "create",
    "--org",
    id,
    "--type",
    "publishable",
    "--name",
    "Website",
  );
  const statuses: number[] = [];
  for (const person of ["ann", "bea", "ann", "cat"])
    statuses.push((await fetch(`${installation.url}/v1/avatar?key=${key}&username=${person}-one`)).status);
  expect(statuses).toEqual([200, 200, 200, 200]);

  await page.goto(`${workspace}/usage`);
  await expect(page.getByText("80 % of this month's requests are used (4 of 5).")).toBeVisible();
  const requests = page.getByRole("region", { name: "Requests", exact: true });
  await expect(requests).toContainText(/4\s*of 5 requests, set by the operator/);
  await expect(requests).toContainText("At 100 %, further requests are refused with status 402");
  await expect(requests).toContainText(/until \w+ 1, 00:00 UTC/);
  await expect(page.getByRole("region", { name: "New profiles", exact: true })).toContainText(/^New profiles3no limit/);
  // Meters count before the answer leaves; by key it is counted behind it.
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("row", { name: /Website/ })).toContainText(/44100\.0 %/, { timeout: 500 });
  }).toPass();
  const csv = await page.request.get(`${installation.url}/api/workspaces/${id}/usage.csv`);
  expect(await csv.text()).toMatch(/^\d{4}-\d\d-\d\d,key,Website,\w{4},\w*,4,4\r$/m);

  await limit("avatar_requests", 4);
  await page.goto(`${workspace}/members`);
  await expect(page.getByText("This month's requests are used up (4 of 4)")).toBeVisible();
  await page.context().close();
});
