import type { CsvField, ImportRow, ImportStatus, TextEncoding } from "#lib/profiles";
import type { Tone } from "#lib/ui";

export const IMPORT_WORDS: Readonly<Record<ImportStatus["status"], string>> = {
  mapping: "To be looked over",
  waiting: "Waiting",
  running: "Importing",
  done: "Done",
  failed: "Failed",
};
export const IMPORT_TONES: Readonly<Record<ImportStatus["status"], Tone>> = {
  mapping: "warn",
  waiting: "plain",
  running: "accent",
  done: "good",
  failed: "danger",
};

export const ROW_WORDS: Readonly<Record<ImportRow["outcome"], string>> = {
  refused: "Refused",
  suppressed: "Suppressed",
  merged: "Merged",
  added: "Added",
  updated: "Updated",
  unchanged: "Unchanged",
};
export const ROW_TONES: Readonly<Record<ImportRow["outcome"], Tone>> = {
  refused: "danger",
  suppressed: "warn",
  merged: "plain",
  added: "good",
  updated: "accent",
  unchanged: "plain",
};

export const FIELD_WORDS: Readonly<Record<CsvField, string>> = {
  url: "LinkedIn address",
  username: "LinkedIn username",
  fullName: "Whole name",
  firstName: "First name",
  lastName: "Last name",
  headline: "Headline",
  company: "Company",
  position: "Position",
  email: "E-mail address",
  location: "Location",
  city: "Location: city",
  region: "Location: state or region",
  country: "Location: country",
  photo: "Photo (https address)",
  connectedOn: "Connected on",
};

export const ENCODING_WORDS: Readonly<Record<TextEncoding, string>> = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16 (big-endian)",
  "windows-1252": "Windows-1252 (Western European)",
  "windows-1250": "Windows-1250 (Central European)",
  "windows-1251": "Windows-1251 (Cyrillic)",
  macintosh: "Mac OS Roman",
  shift_jis: "Shift JIS (Japanese)",
  gb18030: "GB 18030 (Chinese)",
  big5: "Big5 (Chinese)",
  "euc-kr": "EUC-KR (Korean)",
};

export const DELIMITER_WORDS: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "bars",
};
