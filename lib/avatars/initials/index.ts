/**
 * Stand-in pictures for people: a name's initials in white on a colour that is the username's for good.
 * Any string is safe to pass as a name; the same input gives the same bytes; no HTTP, no network, no database.
 * SVG is made without waiting; image files are drawn from fonts that come along, never from the machine's.
 */
export { renderBlankSvg, renderErrorSvg, renderSilhouetteSvg } from "./figures.ts";
export { initialsOf } from "./initials-of.ts";
export { nameFromUsername } from "./name-from-username.ts";
export { PALETTE_V1, type PaletteColour, paletteColour } from "./palette.ts";
export { type RasterFormat, renderFigureRaster, renderInitialsRaster } from "./render-raster.ts";
export { type InitialsArt, renderInitialsSvg } from "./render-svg.ts";
