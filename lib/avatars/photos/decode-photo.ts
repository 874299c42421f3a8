import "./image-loaders.ts";
import sharp from "sharp";
import { AppError } from "#lib/platform/errors";
import { photoFormatOf } from "./photo-format.ts";

/** An upright picture in sRGB, 8 bits a channel, rows without padding; nothing of the file's metadata is left. */
export type Photo = {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** RGB, or RGBA where anything is transparent. */
  readonly channels: 3 | 4;
};

export const MAX_PHOTO_BYTES = 5_000_000;
const MAX_PIXELS = 25_000_000;
/** Below this there is no face to show; a tracking pixel is the usual case. */
const MIN_SIDE = 16;
/**
 * Larger pictures are shrunk while they are read: 20 MB for each instead of 100, and a square of 512 pixels still
 * takes a face from a fifth of the height.
 */
const MAX_SIDE = 2560;
const TIMEOUT_SECONDS = 10;

/**
 * Decodes a photo by its content: JPEG, PNG, WebP, AVIF, or the first frame of a GIF.
 * @throws AppError `photo_unusable` for anything else, for more than `maxBytes` or 25 megapixels, and for broken files.
 */
export async function decodePhoto(bytes: Uint8Array, { maxBytes = MAX_PHOTO_BYTES } = {}): Promise<Photo> {
  if (bytes.byteLength > maxBytes) throw unusable(`The picture is larger than ${maxBytes / 1e6} MB`);
  if (photoFormatOf(bytes) === null) throw unusable("The file is not a JPEG, PNG, WebP, AVIF or GIF picture");
  const decoded = await sharp(bytes, { limitInputPixels: MAX_PIXELS, pages: 1, failOn: "truncated" })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .autoOrient()
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: unknown) => {
      throw unusable(problemOf(cause), cause);
    });
  const { width, height, channels } = decoded.info;
  if (Math.min(width, height) < MIN_SIDE) throw unusable(`The picture is smaller than ${MIN_SIDE} pixels`);
  if (channels !== 4) return { data: decoded.data, width, height, channels: 3 };
  if (isTransparentSomewhere(decoded.data)) return { data: decoded.data, width, height, channels };
  return { data: await withoutAlpha(decoded.data, width, height), width, height, channels: 3 };
}

function unusable(problem: string, cause?: unknown): AppError {
  return new AppError("photo_unusable", { fields: { problem: `${problem}.` }, cause });
}

function problemOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : "";
  if (message.includes("pixel limit")) return `The picture has more than ${MAX_PIXELS / 1e6} million pixels`;
  if (message.includes("timeout")) return `The picture took more than ${TIMEOUT_SECONDS} seconds to read`;
  return "The picture is damaged or incomplete";
}

function isTransparentSomewhere(rgba: Uint8Array): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return true;
  return false;
}

function withoutAlpha(rgba: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  return sharp(rgba, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .raw()
    .toBuffer();
}
