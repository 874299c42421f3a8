import { silhouetteTile } from "./figures.ts";
import { pickInitials } from "./initials-of.ts";
import { layoutOf } from "./layout.ts";
import { paletteColour } from "./palette.ts";
import { background, centredText, escapeXml, svgTile, titleOf } from "./tile.ts";

/** Whose picture it stands in for, and its side in pixels. `username` is canonical. */
export type InitialsArt = { readonly name: string; readonly username: string; readonly size: number };

/**
 * A name's initials in white on the colour of `username`, as one self-contained SVG document; a silhouette if the
 * name has no initials. The same input gives the same bytes. The name is the title, for screen readers.
 * @throws RangeError if `size` is not a whole number from 8 to 2048.
 */
export function renderInitialsSvg({ name, username, size }: InitialsArt): string {
  const initials = pickInitials(name);
  if (initials.text === "") return silhouetteTile(size, username, titleOf(name, "Person"));
  const { fontSize, rise } = layoutOf(initials);
  const text = centredText(escapeXml(initials.text), fontSize, rise, "#fff");
  return svgTile(size, titleOf(name, initials.text), background(paletteColour(username)) + text);
}
