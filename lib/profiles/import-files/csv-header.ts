import { readRecords } from "./csv-records.ts";
import type { ImportedRow } from "./rows.ts";

type TextField = Exclude<keyof ImportedRow, "where" | "username" | "photo">;

/** What a column holds: who it is, a text of ImportedRow, or a whole name. */
export type ColumnKind = "url" | "username" | "fullName" | TextField;

export type CsvHeader = {
  /** Offset of the first record after the header, in UTF-16 units. */
  readonly offset: number;
  /** The header's row, from 1. */
  readonly row: number;
  readonly delimiter: string;
  /** The header's cells as they stand, for messages. */
  readonly names: readonly string[];
  /** One for each cell; undefined for a column that nothing is taken from. */
  readonly kinds: readonly (ColumnKind | undefined)[];
};

/** LinkedIn's preamble has 3 lines today; people put notes of their own above it. */
export const HEADER_SEARCH_LINES = 50;

/** More than any 50 lines of notes: an open quote among them must not mean reading the whole file again and again. */
export const HEADER_SEARCH_BYTES = 256 * 1024;

/** Semicolons where the comma is the decimal mark, tabs from "Unicode text". */
const DELIMITERS = [",", ";", "\t"];

/** Keys are headers without spaces, punctuation and case. */
const KINDS: ReadonlyMap<string, ColumnKind> = new Map(
  Object.entries({
    url: "url profileurl profilelink publicprofileurl memberurl",
    username: "username publicidentifier vanityname slug",
    firstName: "firstname givenname vorname prénom nombre nome voornaam",
    lastName: "lastname surname familyname nachname apellidos apellido cognome sobrenome achternaam",
    fullName: "name fullname",
    headline: "headline",
    company: "company companyname organization organisation unternehmen firma entreprise empresa azienda",
    position: "position title jobtitle role",
    location: "location city",
    email: "email emailaddress mail",
    connectedOn: "connectedon",
  } satisfies Record<ColumnKind, string>).flatMap(([kind, names]) =>
    names.split(" ").map((name): [string, ColumnKind] => [name, kind as ColumnKind]),
  ),
);

const LINKEDIN_WORDS =
  /^(?:hs|my|person|personal|contact|candidate|lead|member|prospect|primary|public|profile|profil|perfil|profilo|url|link|uri|address|account|page|c)*$/;

/**
 * The header among the first lines: of those that name a column of LinkedIn addresses or usernames the one in
 * which most is understood (a title "LinkedIn" may stand above it), and the earliest of equals. Null if none does.
 */
export function findHeader(wholeText: string): CsvHeader | null {
  const text = wholeText.slice(0, HEADER_SEARCH_BYTES);
  let best: { header: Header; line: number; start: number; understood: number } | undefined;
  let start = 0;
  for (let line = 1; line <= HEADER_SEARCH_LINES && start < text.length; line++) {
    for (const delimiter of DELIMITERS) {
      const header = headerAt(text, start, delimiter);
      const understood = header?.kinds.filter((kind) => kind !== undefined).length ?? 0;
      if (header !== null && understood > (best?.understood ?? 0)) best = { header, line, start, understood };
    }
    start = nextLine(text, start);
  }
  if (best === undefined) return null;
  return { ...best.header, row: rowAt(text, best.start, best.line, best.header.delimiter) };
}

/** The kind of a column by its header. CRMs name LinkedIn columns in many ways, all made of these words. */
function kindOfColumn(name: string): ColumnKind | undefined {
  if (name.length > 60) return undefined;
  const key = name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
  const kind = KINDS.get(key);
  if (kind !== undefined || !key.includes("linkedin")) return kind;
  const rest = key.replace("linkedin", "");
  if (/^(?:hs|person|contact|profile)*(?:username|handle|slug|vanityname|publicid|publicidentifier)c?$/.test(rest)) {
    return "username";
  }
  return LINKEDIN_WORDS.test(rest) ? "url" : undefined;
}

type Header = Omit<CsvHeader, "row">;

function headerAt(text: string, offset: number, delimiter: string): Header | null {
  let names: string[] = [];
  let end = offset;
  const onRecord = (cells: string[], _: number, endOfRecord: number): false => {
    names = cells.map((cell) => cell.trim());
    end = endOfRecord;
    return false;
  };
  if (readRecords(text, delimiter, onRecord, offset) !== null) return null;
  const kinds = names.map(kindOfColumn);
  return kinds.includes("url") || kinds.includes("username") ? { offset: end, delimiter, names, kinds } : null;
}

// A preamble with a stray quote has no rows to count; its lines are then what a spreadsheet shows.
function rowAt(text: string, offset: number, line: number, delimiter: string): number {
  let rows = 0;
  const fault = readRecords(text.slice(0, offset), delimiter, () => {
    rows++;
    return undefined;
  });
  return fault === null ? rows + 1 : line;
}

function nextLine(text: string, offset: number): number {
  const end = /\r\n|\n|\r/g;
  end.lastIndex = offset;
  return end.test(text) ? end.lastIndex : text.length;
}
