import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { storedPhoto } from "../../support/people.ts";
import { expectProblem } from "../../support/problems.ts";
import { send, testServices } from "../../support/services.ts";

test("503: an image store that cannot be read, with the seconds to wait", async () => {
  const services = await testServices();
  const { address } = await storedPhoto(services);
  // A file where the directory should be: the disk answers, but not with photos.
  const objects = path.join(services.config.dataDirectory, "objects");
  await rm(objects, { recursive: true });
  await writeFile(objects, "");
  const response = await send(services, `${address}/64.webp`);
  await expectProblem(services, "get /cdn/{sha256}/{file}", response, 503, "storage_unavailable");
  expect(response.headers.get("retry-after")).toBe("5");
});
