import { paletteColour } from "./palette.ts";
import { background, centredText, svgTile } from "./tile.ts";

// Head and shoulders; the shoulders run off the lower edge, as in a portrait.
const person = (fill: string) =>
  `<g fill="${fill}"><circle cx="50" cy="39" r="17.5"/><path d="M14 100c0-22.5 15.5-35.5 36-35.5s36 13 36 35.5z"/></g>`;
const NEUTRAL = "#e2e8f0";
const NEUTRAL_INK = "#475569";
const LABEL = /^[0-9A-Za-z]{1,8}$/;

/** A person without a letter; `title` is XML already, `size` in pixels. */
export function silhouetteTile(size: number, username: string, title: string): string {
  return svgTile(size, title, background(paletteColour(username)) + person("#fff"));
}

/**
 * A person's outline in the colour of `username`; `size` in pixels. A whole SVG document.
 * @throws RangeError if `size` is not a whole number from 8 to 2048.
 */
export function renderSilhouetteSvg({ username, size }: { username: string; size: number }): string {
  return silhouetteTile(size, username, "Person");
}

/**
 * A fully transparent tile; `size` in pixels. A whole SVG document.
 * @throws RangeError if `size` is not a whole number from 8 to 2048.
 */
export function renderBlankSvg({ size }: { size: number }): string {
  return svgTile(size, "No picture", "");
}

/**
 * The quiet tile of a failed request in an `<img>`; `size` in pixels. `label` is a short fixed word such as "402":
 * anything but 1 to 8 ASCII letters and digits is replaced by a grey person. A whole SVG document.
 * @throws RangeError if `size` is not a whole number from 8 to 2048.
 */
export function renderErrorSvg({ size, label }: { size: number; label: string }): string {
  if (!LABEL.test(label)) return svgTile(size, "Picture unavailable", background(NEUTRAL) + person("#94a3b8"));
  const text = centredText(label, label.length > 4 ? 15 : 24, 0.357, NEUTRAL_INK);
  return svgTile(size, `Picture unavailable: ${label}`, background(NEUTRAL) + text);
}
