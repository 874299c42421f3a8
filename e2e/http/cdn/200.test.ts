import sharp from "sharp";
import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { storedPhoto } from "../../support/people.ts";
import { ledgerOf, send, testServices, used } from "../../support/services.ts";

test("200: each size and format of a stored photo, immutable, for nothing and without a key", async () => {
  const services = await testServices();
  const { address, organizationId } = await storedPhoto(services);
  const etags = new Set<string | null>();
  for (const [format, decoded] of Object.entries({ webp: "webp", png: "png", jpeg: "jpeg", avif: "heif" })) {
    for (const size of [32, 512]) {
      const response = await send(services, `${address}/${size}.${format}`);
      expect(response.status).toBe(200);
      await expectDescribed(services, "get /cdn/{sha256}/{file}", response);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "cache-control": "public, max-age=31536000, immutable",
        "content-type": `image/${format}`,
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-request-id": expect.stringMatching(/^req_/),
      });
      expect(response.headers.has("vary")).toBe(false);
      etags.add(response.headers.get("etag"));
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(response.headers.get("content-length")).toBe(String(bytes.length));
      const image = await sharp(bytes).metadata();
      expect(image).toMatchObject({ format: decoded, width: size, height: size });
      expect(image.exif).toBeUndefined();
    }
  }
  expect(etags.size).toBe(8);
  expect(await used(services, organizationId)).toBe(0);
  expect(await ledgerOf(services, organizationId)).toEqual([]);
});
