/** The sides of a tile in pixels. Wider than the sizes of the API, so that previews and icons can be drawn too. */
const MIN_SIZE = 8;
const MAX_SIZE = 2048;
const MAX_TITLE_UNITS = 100;

const SPECIAL = /[&<>"']/g;
// What XML 1.0 cannot hold even when escaped, and what would turn the reading direction of what follows.
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]+/gu;
const PLAIN = /^[A-Za-z ]*$/;
const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Any string as XML text or as the value of an attribute. */
export function escapeXml(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .toWellFormed()
    .replace(UNPRINTABLE, " ")
    .replace(SPECIAL, (character) => ESCAPES[character] ?? "");
}

/** A person's name as a tile's title: one line, at most 100 UTF-16 units. `fallback` if it is blank. */
export function titleOf(name: string, fallback: string): string {
  const text = name.length > MAX_TITLE_UNITS ? name.trimStart().slice(0, MAX_TITLE_UNITS) : name;
  const title = escapeXml(text).trim();
  return title === "" ? fallback : title;
}

/**
 * A square SVG document of `size` pixels on a grid of 100 × 100. `title` and `content` are XML already. No style,
 * script or address: it draws alike under `Content-Security-Policy: default-src 'none'`.
 * @throws RangeError if `size` is not a whole number from 8 to 2048.
 */
export function svgTile(size: number, title: string, content: string): string {
  if (!Number.isInteger(size) || size < MIN_SIZE || size > MAX_SIZE) throw new RangeError(`No tile of ${size} pixels`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 100 100" role="img"><title>${title}</title>${content}</svg>`;
}

/** The whole tile in one colour. */
export function background(colour: string): string {
  return `<rect width="100" height="100" fill="${colour}"/>`;
}

// Noto first, as the raster drawing uses it; a browser finds a font for other scripts by itself.
const FONTS = "'Noto Sans','Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";

/**
 * One line of XML text whose middle, `rise` em above the baseline, lies in the middle of the tile. `fontSize` is in
 * hundredths of the tile. By `dy`, as rasterisers and mail clients are weak at `dominant-baseline`.
 */
export function centredText(text: string, fontSize: number, rise: number, fill: string): string {
  return `<text x="50" y="50" dy="${rise}em" fill="${fill}" font-family="${FONTS}" font-size="${fontSize}" font-weight="600" text-anchor="middle">${text}</text>`;
}
