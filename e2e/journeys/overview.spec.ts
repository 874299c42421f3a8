import { accessibilityFaults, overflowAt } from "../support/accessibility.ts";
import { browserPerson, newcomer } from "../support/browser-person.ts";
import { INVENTED_PEOPLE } from "../support/faces.ts";
import { expect, test } from "./journey.ts";

test("what is asked for shows in the charts, in the lists, and in the CSV, filtered as the page is", async ({
  browser,
  prepared: { installation, organizationId, key },
  complaints,
}) => {
  const [person = ""] = INVENTED_PEOPLE;
  const ask = (query: string) => fetch(`${installation.url}/v1/avatar?key=${key}&${query}`, { redirect: "manual" });
  for (let count = 0; count < 3; count++) await ask(`username=${person}`);
  await ask("username=nobody-we-know");
  await ask("username=a&username=b");

  const page = await (await browserPerson(browser, installation, "owner@example.com")).newPage();
  const overview = `${installation.url}/${organizationId}`;
  await expect
    .poll(async () => {
      await page.goto(overview);
      return await page.getByRole("img", { name: "Requests a day, UTC" }).count();
    })
    .toBe(1);
  const mostAskedFor = page.getByRole("region", { name: "Most asked for" });
  await expect(mostAskedFor.locator(`a[href$="/people/${person}"]`)).toBeVisible();
  await expect(page.getByRole("region", { name: "Requests", exact: true }).getByText("Photo").first()).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);

  await page.getByRole("link", { name: "By channel" }).click();
  await expect(page.getByText("AI clients0")).toBeVisible();
  await page.getByRole("link", { name: "All requests" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Requests" })).toBeVisible();
  await page.getByLabel("Outcome").selectOption("Refused");
  await page.getByRole("button", { name: "Filter" }).click();
  await expect(page).toHaveURL(/outcome=blocked/);
  const outcomes = page.getByRole("table").getByText(/^(Photo|Initials|Refused)$/);
  await expect(outcomes.first()).toHaveText("Refused");
  expect(new Set(await outcomes.allTextContents())).toEqual(new Set(["Refused"]));
  expect(await accessibilityFaults(page)).toEqual([]);
  const csv = await page.request.get(
    `${installation.url}${await page.getByRole("link", { name: "CSV" }).getAttribute("href")}`,
  );
  expect(csv.headers()["content-type"]).toBe("text/csv; charset=utf-8");
  const lines = (await csv.text()).trim().split("\r\n");
  expect(lines.length).toBe((await outcomes.count()) + 1);
  expect(lines.slice(1).every((line) => line.includes(",blocked,"))).toBe(true);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("a new workspace says what to do first", async ({ browser, prepared: { installation } }) => {
  const { page, workspace } = await newcomer(browser, installation, "nothing-yet@example.com");
  await page.goto(workspace);
  await expect(page.getByText("No requests yet")).toBeVisible();
  await expect(page.getByRole("link", { name: "Import people" })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(await overflowAt(page, 320)).toBe(0);
  await page.context().close();
});
