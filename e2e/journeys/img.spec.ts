import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { INVENTED_PEOPLE, whoIs } from "../support/faces.ts";
import { expect, test, unitsUsed } from "./journey.ts";

/** The page of a product: plain <img> tags, an address of its own. */
function productPage(tags: string): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>A product</title>${tags}`);
  });
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        close: () => server.close(),
      }),
    ),
  );
}

test("<img> tags on another site show the right face for each person, one unit each", async ({
  page,
  prepared: { installation, organizationId, key },
}) => {
  const tag = (person: string) =>
    `<img id="${person}" width="128" height="128" src="${installation.url}/v1/avatar?key=${key}&username=${person}&size=128">`;
  const product = await productPage(INVENTED_PEOPLE.map(tag).join("\n"));
  const before = await unitsUsed(installation, organizationId);
  await page.goto(product.url, { waitUntil: "networkidle" });

  for (const person of INVENTED_PEOPLE) {
    const shown = await page.locator(`#${person}`).screenshot();
    expect(await whoIs(shown)).toBe(person);
    const size = await page.locator(`#${person}`).evaluate((image: HTMLImageElement) => image.naturalWidth);
    expect(size).toBe(128);
  }
  await expect
    .poll(() => unitsUsed(installation, organizationId), { timeout: 20_000 })
    .toBe(before + INVENTED_PEOPLE.length);
  product.close();
});

test("a key whose allowed domains do not name the site gives a picture that says so, and no unit", async ({
  page,
  prepared: { installation, organizationId },
}) => {
  const create = ["key", "create", "--type", "publishable", "--domains", "example.com", "--org", organizationId];
  const { key } = await installation.avtrz<{ key: string }>(...create);
  const product = await productPage(
    `<img width="64" height="64" src="${installation.url}/v1/avatar?key=${key}&username=ada-brook">`,
  );
  const before = await unitsUsed(installation, organizationId);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().includes("/v1/avatar")),
    page.goto(product.url),
  ]);
  expect(answer.status()).toBe(401);
  expect(await unitsUsed(installation, organizationId)).toBe(before);
  product.close();
});
