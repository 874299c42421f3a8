import { parseLinkedInUrl } from "../identity/linkedin-url.ts";
import { type Identity, parseUsername } from "../identity/username.ts";
import { parseConnectedOn } from "./connected-on.ts";
import type { CsvFields } from "./csv-fields.ts";
import type { CsvHeader } from "./csv-header.ts";
import { cleanText, IDENTITY_PROBLEMS, type ImportedRow, type ImportItem, refuse, splitName } from "./rows.ts";

type Texts = Omit<ImportedRow, "where" | "username" | "photo">;

/** One record as a person or a refusal; null for a blank row. `row` is what a spreadsheet shows. */
export function personOfRecord(
  header: CsvHeader,
  fields: CsvFields,
  cells: readonly string[],
  row: number,
): ImportItem | null {
  if (cells.every((cell) => cell.trim() === "")) return null;
  const width = header.names.length;
  if (cells.length > width && cells.slice(width).some((cell) => cell.trim() !== "")) {
    const problem = `has ${cells.length} cells under a header of ${width}: a comma may stand without quotes`;
    return refuse(`row ${row}`, cells.join(header.delimiter), problem);
  }
  const found = findIdentity(fields, cells);
  if ("problem" in found)
    return refuse(`row ${row}, column ${columnName(header, found.cell)}`, found.value, found.problem);
  const person: ImportedRow = { where: `row ${row}`, username: found.username, ...textsOf(fields, cells) };
  const photo = photoOf(fields, cells);
  return { ok: true, row: photo ? { ...person, photo } : person };
}

/** A column by its header, or by its number where the header has none. */
export function columnName(header: CsvHeader, cell: number): string {
  return cleanText(header.names[cell] ?? "", 40) ?? String(cell + 1);
}

type Unusable = { cell: number; value: string; problem: string };

// CRMs keep several LinkedIn columns, some with Sales Navigator addresses: the first usable one counts, and if none
// is, what is said is about the first that is not empty.
function findIdentity(fields: CsvFields, cells: readonly string[]): { username: string } | Unusable {
  let unusable: Unusable | undefined;
  let empty: Unusable | undefined;
  for (const [cell, field] of fields.entries()) {
    if (field !== "url" && field !== "username") continue;
    const value = (cells[cell] ?? "").trim();
    if (value === "") {
      empty ??= { cell, value, problem: "is empty" };
      continue;
    }
    const identity = identityOfCell(value, field);
    if (identity.ok) return { username: identity.username };
    const problem = /[\r\n]/.test(value) ? "holds more than one line" : IDENTITY_PROBLEMS[identity.code];
    unusable ??= { cell, value, problem };
  }
  if (unusable !== undefined) return unusable;
  return { cell: empty?.cell ?? 0, value: "", problem: `is empty${whose(fields, cells)}` };
}

// A browser would join the lines of a broken address; in a cell, two lines are two things.
function identityOfCell(value: string, field: "url" | "username"): Identity {
  if (/[\r\n]/.test(value)) return { ok: false, code: "invalid_url" };
  return field === "url" || value.includes("/") ? parseLinkedInUrl(value) : parseUsername(value);
}

/** Whose address is missing, so that they can be found in the file: LinkedIn leaves out those who hide it. */
function whose(fields: CsvFields, cells: readonly string[]): string {
  const { firstName, lastName } = textsOf(fields, cells);
  const name = [firstName, lastName].filter((part) => part !== undefined).join(" ");
  return name === "" ? "" : ` for ${name}`;
}

function textsOf(fields: CsvFields, cells: readonly string[]): Texts {
  const texts: Texts = {};
  let fullName: string | undefined;
  const place: { city?: string; region?: string; country?: string } = {};
  for (const [cell, field] of fields.entries()) {
    if (field === null || field === "url" || field === "username" || field === "photo") continue;
    const raw = cells[cell] ?? "";
    const text = field === "connectedOn" ? parseConnectedOn(raw) : cleanText(raw);
    if (text === undefined) continue;
    if (field === "fullName") fullName ??= text;
    else if (field === "city" || field === "region" || field === "country") place[field] ??= text;
    else texts[field] ??= text;
  }
  const location = cleanText([place.city, place.region, place.country].filter(Boolean).join(", "));
  if (texts.location === undefined && location !== undefined) texts.location = location;
  const named = texts.firstName !== undefined || texts.lastName !== undefined;
  return named || fullName === undefined ? texts : { ...splitName(fullName), ...texts };
}

// What is no address that can be fetched (Salesforce's begins with /services) is nobody's fault, and nobody's photo.
function photoOf(fields: CsvFields, cells: readonly string[]): { url: string } | undefined {
  for (const [cell, field] of fields.entries()) {
    const value = field === "photo" ? (cells[cell] ?? "").trim() : "";
    const url = value.length <= 2_000 ? URL.parse(value) : null;
    if (url?.protocol === "https:" && url.username === "" && url.password === "") return { url: url.href };
  }
  return undefined;
}
