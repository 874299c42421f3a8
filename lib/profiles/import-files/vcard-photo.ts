import { bytesInWords } from "./file-access.ts";
import { MAX_PHOTO_BYTES, problemOfPhoto } from "./picture.ts";
import type { ImportedRow } from "./rows.ts";
import { unescapeText, type VCardProperty } from "./vcard-properties.ts";

export type CardPhoto =
  | { readonly ok: true; readonly photo: NonNullable<ImportedRow["photo"]> }
  | { readonly ok: false; readonly problem: string };

/**
 * The picture of a PHOTO property: base64 of versions 2.1 and 3.0, a data: URI of version 4.0, or an https address,
 * which is kept and not fetched. Null for a property without a value.
 */
export function readPhoto(property: VCardProperty): CardPhoto | null {
  const text = property.base64 ? property.value : unescapeText(property.value).trim();
  if (text === "") return null;
  // Exporters mark URIs as base64 and base64 as URIs; the value itself tells them apart.
  const data = /^data:[^,]*,/i.exec(text.slice(0, 200))?.[0];
  if (data !== undefined) {
    if (!/;base64,$/i.test(data)) return { ok: false, problem: "is a data: URI that is not base64" };
    return readBase64(text.slice(data.length).replace(/\s+/g, ""));
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return readAddress(text);
  return readBase64(text.replace(/\s+/g, ""));
}

function readAddress(text: string): CardPhoto {
  const url = text.length <= 2_000 ? URL.parse(text) : null;
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") {
    return { ok: false, problem: "is an address that does not begin with https://" };
  }
  return { ok: true, photo: { url: url.href } };
}

function readBase64(text: string): CardPhoto {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return { ok: false, problem: "is not base64" };
  if (text.length > Math.ceil(MAX_PHOTO_BYTES / 3) * 4) {
    const size = bytesInWords((text.length * 3) / 4);
    return { ok: false, problem: `is ${size}; the limit is ${bytesInWords(MAX_PHOTO_BYTES)}` };
  }
  const bytes = Buffer.from(text, "base64");
  const problem = problemOfPhoto(bytes);
  return problem === null ? { ok: true, photo: bytes } : { ok: false, problem };
}
