import { expect, test } from "vitest";
import { storedPhoto } from "../../support/people.ts";
import { expectProblem } from "../../support/problems.ts";
import { send, steppedClock, testServices } from "../../support/services.ts";

const HASH = "0".repeat(64);

test("404: what is not a stored photo's address, whatever it is made of", async () => {
  const services = await testServices();
  const { address } = await storedPhoto(services);
  const addresses = [
    `/cdn/${HASH}/128.webp`,
    `/cdn/${HASH.slice(1)}/128.webp`,
    `${address}/100.webp`,
    `${address}/128.gif`,
    `${address}/128.svg`,
    `${address}/master`,
    `${address}/0128.webp`,
    `${address}/128.webp/`,
    `${address}/128.webp%00.png`,
    address.toUpperCase().replace("/CDN", "/cdn").concat("/128.webp"),
    "/cdn/..%2f..%2fsecret/128.webp",
  ];
  for (const one of addresses) {
    const response = await send(services, one);
    await expectProblem(services, "get /cdn/{sha256}/{file}", response, 404, "image_not_found");
  }
});

test("404: a photo that was taken down is gone within a second, from memory and disk", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const { address, username } = await storedPhoto(services);
  const file = `${address}/64.webp`;
  expect((await send(services, file)).status).toBe(200);
  await services.profiles.suppress(username, "asked", "test");
  clock.advance(1_000);
  await expectProblem(services, "get /cdn/{sha256}/{file}", await send(services, file), 404, "image_not_found");
});
