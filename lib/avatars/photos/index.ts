import { createHash } from "node:crypto";
import sharp from "sharp";
import { rgbaToThumbHash } from "thumbhash";
export const AVATAR_SIZES = [32, 64, 128, 256, 512] as const;
export type AvatarSize = (typeof AVATAR_SIZES)[number];
export const AVATAR_FORMATS = ["webp", "png", "avif", "jpeg"] as const;
export type AvatarFormat = (typeof AVATAR_FORMATS)[number];
export type IngestedPhoto = {
  bytes: Uint8Array;
  sha256: string;
  side: number;
  crop: "face" | "attention";
  thumbhash: Uint8Array;
  dominantColour: string;
};
export async function ingestPhoto(b: Uint8Array): Promise<IngestedPhoto> {
  const bytes = await sharp(b)
    .rotate()
    .resize(512, 512, { fit: "cover", position: "attention" })
    .webp({ quality: 90 })
    .toBuffer();
  const { data, info } = await sharp(bytes).resize(32, 32).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    side: 512,
    crop: "attention",
    thumbhash: rgbaToThumbHash(info.width, info.height, data),
    dominantColour: "#888888",
  };
}
export async function renderVariant(m: Uint8Array, size: AvatarSize, format: AvatarFormat): Promise<Uint8Array> {
  return sharp(m).resize(size, size).toFormat(format).toBuffer();
}
