import "./image-loaders.ts";
import sharp from "sharp";
import { photoWork } from "./work-gate.ts";

export const AVATAR_SIZES = [32, 64, 128, 256, 512] as const;
export type AvatarSize = (typeof AVATAR_SIZES)[number];

export const AVATAR_FORMATS = ["webp", "png", "avif", "jpeg"] as const;
export type AvatarFormat = (typeof AVATAR_FORMATS)[number];

/**
 * A stored photo (`ingestPhoto().bytes`) at exactly `size` x `size` pixels; enlarged if the photo is smaller. JPEG has
 * white where the photo is transparent. Rejects with sharp's error if the bytes are not the stored photo any more.
 */
export function renderVariant(master: Uint8Array, size: AvatarSize, format: AvatarFormat): Promise<Uint8Array> {
  const image = sharp(master).resize(size, size, { fit: "fill" });
  return photoWork.run(() => {
    switch (format) {
      case "webp":
        return image.webp({ quality: 80, effort: 2 }).toBuffer();
      case "png":
        return image.png({ compressionLevel: 6 }).toBuffer();
      case "avif":
        // The next effort costs three times the time for a sixth of the bytes.
        return image.avif({ quality: 60, effort: 0 }).toBuffer();
      case "jpeg":
        return image.flatten({ background: "#ffffff" }).jpeg({ quality: 85 }).toBuffer();
    }
  });
}
