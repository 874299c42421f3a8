import { isUtf8 } from "node:buffer";
import type { RawLine } from "./vcard-lines.ts";

/** One property of a card, unfolded and decoded from its transfer encoding, but not yet unescaped. */
export type VCardProperty = {
  /** Upper case, without group: `URL`, `X-SOCIALPROFILE`. */
  readonly name: string;
  /** Upper case; properties of one group belong together (`item1.URL`, `item1.X-ABLabel`). */
  readonly group: string | undefined;
  /** Values by upper-case name. A bare parameter of version 2.1 (`;HOME`) is a TYPE or an ENCODING. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  /** Text; of a base64 property the base64 itself, without white space. */
  readonly value: string;
  readonly base64: boolean;
  readonly line: number;
};

const BASE64_LINE = /^[A-Za-z0-9+/=]+\s*$/;
const BARE_ENCODINGS = new Set(["QUOTED-PRINTABLE", "BASE64", "B", "Q", "7BIT", "8BIT"]);

/**
 * The properties of a card of version 2.1, 3.0 or 4.0. Lenient, as cards are written by phones: lines that are no
 * property (a raw line break in a note) are passed over.
 *
 * Why not ical.js: it throws on `TEL;HOME:`, on quoted-printable over two lines and on any stray line, each time
 * for the whole file.
 */
export function readProperties(lines: readonly RawLine[]): VCardProperty[] {
  const properties: VCardProperty[] = [];
  for (const { text, line } of unfold(lines)) {
    const head = splitHead(text);
    if (head !== null) properties.push(propertyOf(head, line));
  }
  return properties;
}

type Head = { name: string; group: string | undefined; params: Map<string, string[]>; raw: string };

function* unfold(lines: readonly RawLine[]): Generator<RawLine> {
  let parts: string[] = [];
  let line = 0;
  let encoding = "";
  for (const raw of lines) {
    const last = parts.at(-1);
    if (last !== undefined && encoding === "q" && /=[ \t]*$/.test(last)) {
      parts[parts.length - 1] = last.replace(/=[ \t]*$/, "");
      parts.push(raw.text);
    } else if (last !== undefined && (raw.text.startsWith(" ") || raw.text.startsWith("\t"))) {
      parts.push(raw.text.slice(1));
    } else if (last !== undefined && encoding === "b" && BASE64_LINE.test(raw.text)) {
      // Some phones break base64 without indenting it.
      parts.push(raw.text);
    } else {
      if (parts.length > 0) yield { text: parts.join(""), line };
      parts = raw.text.trim() === "" ? [] : [raw.text];
      line = raw.line;
      const params = /^[^:]*/.exec(raw.text)?.[0] ?? "";
      encoding = /[;=]Q(?:UOTED-PRINTABLE)?(?:;|$)/i.test(params)
        ? "q"
        : /[;=]B(?:ASE64)?(?:;|$)/i.test(params)
          ? "b"
          : "";
    }
  }
  if (parts.length > 0) yield { text: parts.join(""), line };
}

/** Splits at the colon that no quotes enclose; null if there is none, or no name before it. */
function splitHead(text: string): Head | null {
  const parts = splitUnquoted(text, ":", 2) ?? splitOnce(text);
  if (parts === null) return null;
  const [head = "", raw = ""] = parts;
  const [path = "", ...params] = splitUnquoted(head, ";") ?? head.split(";");
  const match = /^\s*(?:([\w-]+)\.)?([\w-]+)\s*$/.exec(path);
  const name = match?.[2];
  if (name === undefined) return null;
  return { name: name.toUpperCase(), group: match?.[1]?.toUpperCase(), params: readParams(params), raw };
}

function splitOnce(text: string): [string, string] | null {
  const colon = text.indexOf(":");
  return colon < 0 ? null : [text.slice(0, colon), text.slice(colon + 1)];
}

/** Null if a quote is never closed, or the separator is missing where two parts are asked for. */
function splitUnquoted(text: string, separator: string, parts = Number.POSITIVE_INFINITY): string[] | null {
  const found: string[] = [];
  let begin = 0;
  let quoted = false;
  for (let at = 0; at < text.length && found.length < parts - 1; at++) {
    const char = text[at];
    if (char === '"') quoted = !quoted;
    else if (char === separator && !quoted) {
      found.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  if (quoted || (found.length === 0 && parts === 2)) return null;
  found.push(text.slice(begin));
  return found;
}

function readParams(texts: readonly string[]): Map<string, string[]> {
  const params = new Map<string, string[]>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    const bare = equals < 0 ? (BARE_ENCODINGS.has(text.trim().toUpperCase()) ? "ENCODING" : "TYPE") : "";
    const name = bare === "" ? text.slice(0, equals).trim().toUpperCase() : bare;
    const values = splitUnquoted(text.slice(equals + 1), ",") ?? [text.slice(equals + 1)];
    const known = params.get(name) ?? [];
    params.set(name, [...known, ...values.map(paramValue)]);
  }
  return params;
}

// RFC 6868: ^n, ^' and ^^ stand for what quotes cannot hold.
function paramValue(value: string): string {
  const plain = value.trim().replace(/^"|"$/g, "");
  return decodeBytes(plain, undefined).replace(/\^[nN'^]/g, (code) =>
    code === "^^" ? "^" : code === "^'" ? '"' : "\n",
  );
}

function propertyOf({ name, group, params, raw }: Head, line: number): VCardProperty {
  const encoding = params.get("ENCODING")?.[0]?.toUpperCase() ?? "";
  const base64 = encoding === "B" || encoding === "BASE64";
  if (base64) return { name, group, params, value: raw.replace(/\s+/g, ""), base64, line };
  const bytes = encoding.startsWith("Q") ? decodeQuotedPrintable(raw) : raw;
  return { name, group, params, value: decodeBytes(bytes, params.get("CHARSET")?.[0]), base64, line };
}

function decodeQuotedPrintable(text: string): string {
  return text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Text from bytes in Latin-1: in the charset named, else UTF-8, else what Western phones of version 2.1 meant. */
function decodeBytes(latin1: string, charset: string | undefined): string {
  if (/^[\x20-\x7e]*$/.test(latin1)) return latin1;
  const bytes = Buffer.from(latin1, "latin1");
  if (isUtf8(bytes)) return bytes.toString("utf8");
  try {
    return new TextDecoder(charset ?? "windows-1252").decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Parts of a structured value (`N`, `ORG`, `ADR`), each unescaped. */
export function splitStructured(value: string): string[] {
  const parts: string[] = [];
  let begin = 0;
  for (let at = 0; at < value.length; at++) {
    if (value[at] === "\\") at++;
    else if (value[at] === ";") {
      parts.push(unescapeText(value.slice(begin, at)));
      begin = at + 1;
    }
  }
  return [...parts, unescapeText(value.slice(begin))];
}

/** `\n` is a line break, `\` before anything else goes; Apple escapes even the colons of addresses. */
export function unescapeText(value: string): string {
  return value.replace(/\\([\s\S])/g, (_, char: string) => (char === "n" || char === "N" ? "\n" : char));
}
