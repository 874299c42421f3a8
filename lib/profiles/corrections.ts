import { AppError } from "#lib/platform/errors";
import { cleanText } from "./import-files/rows.ts";

/** Facts that an organization can correct for itself; those that are yes or no, and the address, are not among them. */
export const CORRECTABLE_FACTS = [
  "firstName",
  "lastName",
  "headline",
  "company",
  "position",
  "location",
  "industry",
  "summary",
] as const;
export type CorrectableFact = (typeof CORRECTABLE_FACTS)[number];

/** As the `imported_person` table keeps them, with who said it and when (ISO). */
export type Corrections = { [Name in CorrectableFact]?: { value: string; at: string; by: string } };

/** New values by fact; null takes a correction back, and what is missing stays as it is. */
export type CorrectionChanges = { readonly [Name in CorrectableFact]?: string | null };

/** LinkedIn's own limit for a summary; a headline or name is shorter. */
const MAX_SUMMARY_LENGTH = 2_600;
const MAX_LENGTH = 300;

/** The values alone. */
export function correctedValues(corrections: Corrections | null): { [Name in CorrectableFact]?: string } {
  return Object.fromEntries(Object.entries(corrections ?? {}).map(([name, { value }]) => [name, value]));
}

/** Corrections after a change, with the facts that it touched; the same text again touches nothing. Throws
 * `correction_too_long`. */
export function changeCorrections(
  before: Corrections | null,
  changes: CorrectionChanges,
  { at, by }: { at: string; by: string },
): { after: Corrections | null; touched: CorrectableFact[] } {
  const after: Corrections = { ...before };
  const touched: CorrectableFact[] = [];
  for (const name of CORRECTABLE_FACTS) {
    const change = changes[name];
    if (change === undefined) continue;
    const limit = name === "summary" ? MAX_SUMMARY_LENGTH : MAX_LENGTH;
    if (change !== null && change.length > limit)
      throw new AppError("correction_too_long", { fields: { fact: name, limit: String(limit) } });
    const value = change === null ? undefined : cleanText(change, limit);
    if (value === after[name]?.value) continue;
    touched.push(name);
    if (value === undefined) delete after[name];
    else after[name] = { value, at, by };
  }
  return { after: Object.keys(after).length > 0 ? after : null, touched };
}
