import sharp from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import type { Photo } from "./decode-photo.ts";

/** What a page shows before the photo has loaded. */
export type Placeholders = {
  /** About 25 bytes; decoded by the thumbhash package. */
  readonly thumbhash: Uint8Array;
  /** "#rrggbb" */
  readonly dominantColour: string;
};

/** Pixels; more make no visible difference (ThumbHash takes up to 100). */
const MAX_SIDE = 64;
/** Colours are told apart by this many upper bits of each channel. */
const BITS = 3;
const VISIBLE_ALPHA = 128;

export async function placeholdersOf({ data: pixels, width, height, channels }: Photo): Promise<Placeholders> {
  const { data, info } = await sharp(pixels, { raw: { width, height, channels } })
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { thumbhash: rgbaToThumbHash(info.width, info.height, data), dominantColour: dominantColour(data) };
}

/** Mean of the most frequent kind of colour among what is visible; white if nothing is. */
function dominantColour(rgba: Uint8Array): string {
  const counts = new Uint32Array(2 ** (3 * BITS));
  const kinds = new Int32Array(rgba.length / 4).fill(-1);
  for (let pixel = 0; pixel < kinds.length; pixel++) {
    const at = pixel * 4;
    if ((rgba[at + 3] ?? 0) < VISIBLE_ALPHA) continue;
    const upper = (channel: number): number => (rgba[at + channel] ?? 0) >> (8 - BITS);
    const kind = (upper(0) << (2 * BITS)) | (upper(1) << BITS) | upper(2);
    kinds[pixel] = kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  const most = counts.indexOf(Math.max(...counts));
  const count = counts[most] ?? 0;
  if (count === 0) return "#ffffff";
  const sums = [0, 0, 0];
  for (const [pixel, kind] of kinds.entries())
    if (kind === most)
      for (const channel of [0, 1, 2]) sums[channel] = (sums[channel] ?? 0) + (rgba[pixel * 4 + channel] ?? 0);
  return `#${sums
    .map((sum) =>
      Math.round(sum / count)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}
