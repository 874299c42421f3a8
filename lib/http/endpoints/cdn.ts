import { AVATAR_FORMATS, AVATAR_SIZES } from "#lib/avatars";
import { AppError } from "#lib/platform/errors";
import { handler } from "../handler.ts";

const PATH = /^\/cdn\/([0-9a-f]{64})\/(\d{2,3})\.([a-z]{3,4})$/;

/** `GET /cdn/<sha256>/<size>.<format>`: a stored photo. Its bytes never change, so neither does its ETag. */
export const cdn = handler({ methods: ["GET"], cors: true }, async (request, services) => {
  const [, sha256, sizeText, extension] = new URL(request.url).pathname.match(PATH) ?? [];
  const size = AVATAR_SIZES.find((candidate) => String(candidate) === sizeText);
  const format = AVATAR_FORMATS.find((candidate) => candidate === extension);
  if (!sha256 || !size || !format) throw new AppError("image_not_found");
  const bytes = await services.avatars.photos.variant(sha256, size, format);
  if (!bytes) throw new AppError("image_not_found");
  const etag = `"${sha256.slice(0, 32)}-${size}-${format}"`;
  const headers = new Headers({ etag, "cache-control": "public, max-age=31536000, immutable" });
  if (matches(request.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  headers.set("content-type", `image/${format}`);
  headers.set("content-length", String(bytes.length));
  return new Response(bytes as BodyInit, { headers });
});

function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (!ifNoneMatch) return false;
  return ifNoneMatch
    .split(",")
    .some((candidate) => candidate.trim().replace(/^W\//, "") === etag || candidate.trim() === "*");
}
