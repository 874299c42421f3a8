/** A bigger photo is refused by name; LinkedIn itself takes 8 MB, but shows 800 pixels. */
export const MAX_PHOTO_BYTES = 5 * 1024 * 1024;

/** How much of a file kindOfContent looks at. */
const HEAD_BYTES = 512;

export type ContentKind = { readonly picture: boolean; readonly name: string };

/** Offset, the bytes there (as Latin-1), and what they are. */
const PICTURES: readonly [number, string, string][] = [
  [0, "\xff\xd8\xff", "a JPEG picture"],
  [0, "\x89PNG\r\n\x1a\n", "a PNG picture"],
  [0, "GIF87a", "a GIF picture"],
  [0, "GIF89a", "a GIF picture"],
  [8, "WEBP", "a WebP picture"],
];

const OTHERS: readonly [number, string, string][] = [
  [0, "II*\0", "a TIFF picture"],
  [0, "MM\0*", "a TIFF picture"],
  [0, "BM", "a BMP picture"],
  [0, "\0\0\x01\0", "an icon"],
  [0, "8BPS", "a Photoshop file"],
  [0, "%PDF", "a PDF document"],
  [0, "PK\x03\x04", "a zip archive"],
  [0, "PK\x05\x06", "a zip archive"],
  [0, "Rar!", "a RAR archive"],
  [0, "7z\xbc\xaf", "a 7-Zip archive"],
  [0, "\x1f\x8b", "a gzip archive"],
  [0, "\xd0\xcf\x11\xe0", "an old Excel or Word file"],
  [0, "SQLite format 3", "an SQLite database"],
];

const TEXTS: readonly [RegExp, string][] = [
  [/^<(?:!doctype html|html)/i, "a web page"],
  [/^<svg|^<\?xml[\s\S]*<svg/i, "an SVG picture"],
  [/^<\?xml/i, "an XML document"],
  [/^\{\\rtf/, "a rich text document"],
  [/^[[{]/, "JSON"],
];

/**
 * What a file's first bytes say it is: for messages, and to turn away at once what no decoder will take. Whether a
 * picture is sound is for the decoder to say.
 */
export function kindOfContent(bytes: Uint8Array): ContentKind {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString("latin1");
  const found = (table: readonly [number, string, string][]) => table.find(([at, mark]) => head.startsWith(mark, at));
  const picture = found(PICTURES)?.[2] ?? (isAvif(head) ? "an AVIF picture" : undefined);
  if (picture !== undefined) return { picture: true, name: picture };
  const text = head.replace(/^\xef\xbb\xbf/, "").trimStart();
  const other = found(OTHERS)?.[2] ?? mediaName(head) ?? TEXTS.find(([mark]) => mark.test(text))?.[1];
  return { picture: false, name: other ?? (head.includes("\0") ? "binary data" : "text") };
}

/** The problem of bytes that are to be a photo, to follow its name in a sentence; null if they may be one. */
export function problemOfPhoto(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return "is empty";
  const kind = kindOfContent(bytes);
  return kind.picture ? null : `is not a JPEG, PNG, WebP, AVIF or GIF picture: it looks like ${kind.name}`;
}

// The major brand is often the general "mif1", and AVIF stands among the compatible ones.
function isAvif(head: string): boolean {
  return head.startsWith("ftyp", 4) && /avi[fs]/.test(head.slice(8, 48));
}

function mediaName(head: string): string | undefined {
  if (!head.startsWith("ftyp", 4)) return undefined;
  return /hei|hev|mif1|msf1/.test(head.slice(8, 48)) ? "a HEIC picture, as iPhones take them" : "a video";
}
