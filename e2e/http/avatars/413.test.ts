import { expect, test } from "vitest";
import { expectProblem } from "../../support/problems.ts";
import { postAvatars, testServices, used, workspace } from "../../support/services.ts";

test("413: a body over 512 KB is refused as soon as it is longer, and costs nothing", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const response = await postAvatars(services, key, endless);
  const { title } = await expectProblem(services, "post /v1/avatars", response, 413, "body_too_large");
  expect(title).toContain("512 KB");
  expect(sent).toBeLessThan(1024 * 1024);
  expect(await used(services, id)).toBe(0);
});
