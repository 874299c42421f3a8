import { expect, test } from "./journey.ts";

test("the address a problem document names leads to that error's explanation", async ({ page, prepared }) => {
  const answer = await page.request.get(`${prepared.installation.url}/v1/profile?username=ada-brook`);
  const problem = await answer.json();
  await page.goto(problem.type);
  await expect(page.locator(`[id="${problem.code}"]`)).toBeInViewport();
});
