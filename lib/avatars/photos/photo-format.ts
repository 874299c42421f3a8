export type PhotoFormat = "jpeg" | "png" | "webp" | "avif" | "gif";

const BRANDS_START = 8;
const MAX_BRANDS_END = 64;

/** The format by its first bytes, whatever anyone calls it; null for all but the five that are opened. */
export function photoFormatOf(bytes: Uint8Array): PhotoFormat | null {
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 3) === "\xff\xd8\xff") return "jpeg";
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") return "png";
  if (text(0, 6) === "GIF87a" || text(0, 6) === "GIF89a") return "gif";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "webp";
  if (text(4, 8) === "ftyp") {
    // ISO base media: the box's length, "ftyp", the main brand, a version, compatible brands. HEIC has none of these two.
    const end = Math.min((bytes[2] ?? 0) * 256 + (bytes[3] ?? 0), MAX_BRANDS_END);
    const brands: readonly string[] = text(BRANDS_START, end).match(/.{4}/gs) ?? [];
    if (brands.includes("avif") || brands.includes("avis")) return "avif";
  }
  return null;
}
