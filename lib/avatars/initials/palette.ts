import { hash } from "node:crypto";

/**
 * Palette v1: every colour carries white text at 4.99:1 or better. Never edit or reorder it, or everybody's colour
 * changes at once; a new palette is a new constant beside this one.
 */
export const PALETTE_V1 = [
  "#b42318",
  "#b54708",
  "#92400e",
  "#854d0e",
  "#4d7c0f",
  "#15803d",
  "#047857",
  "#0f766e",
  "#0e7490",
  "#0369a1",
  "#1d4ed8",
  "#4338ca",
  "#6d28d9",
  "#86198f",
  "#be185d",
  "#475569",
] as const;

export type PaletteColour = (typeof PALETTE_V1)[number];

/**
 * The colour of a person: SHA-256 of the canonical username, its first 4 bytes (big endian) mod 16. Taken from the
 * username and not from the name, so that it survives a change of name.
 */
export function paletteColour(username: string): PaletteColour {
  // 2^32 is a multiple of 16: the low half of the fourth byte (eighth hexadecimal digit) is the remainder.
  const index = Number.parseInt(hash("sha256", username, "hex").charAt(7), 16);
  return PALETTE_V1[index] ?? PALETTE_V1[0];
}
