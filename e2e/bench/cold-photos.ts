import { drawFace } from "../../lib/avatars/photos/drawn-face.fixture.ts";
import { type AvatarSize, ingestPhoto, renderVariant } from "../../lib/avatars/photos/index.ts";

const PHOTOS = 20;
const WARM_UP = 4;
const SIZE: AvatarSize = 256;

type ColdPhotos = { photos: number; medianMs: number; maxMs: number };

/** CPU of everything a new photo costs once, all threads, in a process that has done some before. */
export async function benchColdPhotos(): Promise<ColdPhotos> {
  const costs: number[] = [];
  for (let i = 0; i < PHOTOS + WARM_UP; i++) {
    const drawn = { width: 900 + i * 10, height: 1_100, x: 450, y: 420, faceHeight: 330 };
    const source = await drawFace(drawn).jpeg({ quality: 85 }).toBuffer();
    const before = process.cpuUsage();
    await renderVariant((await ingestPhoto(source)).bytes, SIZE, "webp");
    const { user, system } = process.cpuUsage(before);
    if (i >= WARM_UP) costs.push((user + system) / 1_000);
  }
  costs.sort((a, b) => a - b);
  return { photos: PHOTOS, medianMs: costs[costs.length >> 1] ?? 0, maxMs: costs.at(-1) ?? 0 };
}

export function reportColdPhotos({ photos, medianMs, maxMs }: ColdPhotos): void {
  console.log(
    `CPU ms of a photo (decode, detect, crop, keep, one size): median ${medianMs.toFixed(0)}, most ${maxMs.toFixed(0)} of ${photos}`,
  );
}
