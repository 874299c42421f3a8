import { parseLinkedInUrl } from "../identity/linkedin-url.ts";
import { type Identity, parseUsername } from "../identity/username.ts";
import { parseConnectedOn } from "./connected-on.ts";
import type { CsvHeader } from "./csv-header.ts";
import { cleanText, IDENTITY_PROBLEMS, type ImportedRow, type ImportItem, refuse, splitName } from "./rows.ts";

/** One record as a person or a refusal; null for a blank row. `row` is what a spreadsheet shows. */
export function personOfRecord(header: CsvHeader, cells: readonly string[], row: number): ImportItem | null {
  if (cells.every((cell) => cell.trim() === "")) return null;
  const width = header.names.length;
  if (cells.length > width && cells.slice(width).some((cell) => cell.trim() !== "")) {
    const problem = `has ${cells.length} cells under a header of ${width}: a comma may stand without quotes`;
    return refuse(`row ${row}`, cells.join(header.delimiter), problem);
  }
  const found = findIdentity(header, cells);
  if ("problem" in found)
    return refuse(`row ${row}, column ${columnName(header, found.cell)}`, found.value, found.problem);
  return { ok: true, row: { where: `row ${row}`, username: found.username, ...textsOf(header, cells) } };
}

/** A column by its header, or by its number where the header has none. */
export function columnName(header: CsvHeader, cell: number): string {
  return cleanText(header.names[cell] ?? "", 40) ?? String(cell + 1);
}

type Unusable = { cell: number; value: string; problem: string };

// CRMs keep several LinkedIn columns, some with Sales Navigator addresses: the first usable one counts, and if none
// is, what is said is about the first that is not empty.
function findIdentity(header: CsvHeader, cells: readonly string[]): { username: string } | Unusable {
  let unusable: Unusable | undefined;
  let empty: Unusable | undefined;
  for (const [cell, kind] of header.kinds.entries()) {
    if (kind !== "url" && kind !== "username") continue;
    const value = (cells[cell] ?? "").trim();
    if (value === "") {
      empty ??= { cell, value, problem: "is empty" };
      continue;
    }
    const identity = identityOfCell(value, kind);
    if (identity.ok) return { username: identity.username };
    const problem = /[\r\n]/.test(value) ? "holds more than one line" : IDENTITY_PROBLEMS[identity.code];
    unusable ??= { cell, value, problem };
  }
  if (unusable !== undefined) return unusable;
  return { cell: empty?.cell ?? 0, value: "", problem: `is empty${whose(header, cells)}` };
}

// A browser would join the lines of a broken address; in a cell, two lines are two things.
function identityOfCell(value: string, kind: "url" | "username"): Identity {
  if (/[\r\n]/.test(value)) return { ok: false, code: "invalid_url" };
  return kind === "url" || value.includes("/") ? parseLinkedInUrl(value) : parseUsername(value);
}

/** Whose address is missing, so that they can be found in the file: LinkedIn leaves out those who hide it. */
function whose(header: CsvHeader, cells: readonly string[]): string {
  const { firstName, lastName } = textsOf(header, cells);
  const name = [firstName, lastName].filter((part) => part !== undefined).join(" ");
  return name === "" ? "" : ` for ${name}`;
}

function textsOf(header: CsvHeader, cells: readonly string[]): Omit<ImportedRow, "where" | "username"> {
  const texts: Omit<ImportedRow, "where" | "username" | "photo"> = {};
  let fullName: string | undefined;
  for (const [cell, kind] of header.kinds.entries()) {
    if (kind === undefined || kind === "url" || kind === "username") continue;
    const raw = cells[cell] ?? "";
    const text = kind === "connectedOn" ? parseConnectedOn(raw) : cleanText(raw);
    if (text === undefined) continue;
    if (kind === "fullName") fullName ??= text;
    else texts[kind] ??= text;
  }
  const named = texts.firstName !== undefined || texts.lastName !== undefined;
  return named || fullName === undefined ? texts : { ...splitName(fullName), ...texts };
}
