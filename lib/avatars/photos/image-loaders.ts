/**
 * What the image library may open, for the whole process: import this before handing it bytes from outside. Everything
 * is blocked and the five kinds of photo unblocked, from memory only, so that a lying Content-Type, a file path or an
 * exotic format (PDF, TIFF, Magick, raw camera, SVG bombs) finds no decoder.
 */
import sharp from "sharp";

sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadHeifBuffer",
    "VipsForeignLoadNsgifBuffer",
    // Our own initials art is drawn from SVG. A photo never gets this far as SVG: photo-format.ts refuses it.
    "VipsForeignLoadSvgBuffer",
  ],
});
// Every photo is opened once: remembering operations would only keep tens of megabytes.
sharp.cache(false);
