import { cleanText, type ImportedRow, type ImportItem, refuse, splitName } from "./rows.ts";
import type { RawCard } from "./vcard-lines.ts";
import { findLinkedIn } from "./vcard-linkedin.ts";
import { readPhoto } from "./vcard-photo.ts";
import { readProperties, splitStructured, unescapeText, type VCardProperty } from "./vcard-properties.ts";

/**
 * A card as a person or a refusal; a person whose photo is unusable comes without it, followed by a refusal of the
 * photo.
 */
export function itemsOfCard(card: RawCard): ImportItem[] {
  const where = `card ${card.number} (line ${card.line})`;
  const properties = readProperties(card.lines);
  const texts = textsOf(properties);
  const name = [texts.firstName, texts.lastName].filter((part) => part !== undefined).join(" ");
  if (card.problem !== undefined) return [refuse(where, name, card.problem)];
  const identity = findLinkedIn(properties);
  if (!identity.ok) {
    const { property, value, problem } = identity;
    if (property === undefined) return [refuse(where, name, problem)];
    return [refuse(`card ${card.number} (line ${property.line}), ${property.name}`, value, problem)];
  }
  const row: ImportedRow = { where, username: identity.username, ...texts };
  const property = properties.find((candidate) => candidate.name === "PHOTO");
  const photo = property === undefined ? null : readPhoto(property);
  if (property === undefined || photo === null) return [{ ok: true, row }];
  if (photo.ok) return [{ ok: true, row: { ...row, photo: photo.photo } }];
  const start = property.value.slice(0, 40);
  return [{ ok: true, row }, refuse(`card ${card.number} (line ${property.line}), PHOTO`, start, photo.problem)];
}

function textsOf(properties: readonly VCardProperty[]): Omit<ImportedRow, "where" | "username" | "photo"> {
  const texts: Omit<ImportedRow, "where" | "username" | "photo"> = {};
  const set = (key: keyof typeof texts, value: string | undefined) => {
    const text = cleanText(value ?? "");
    if (text !== undefined) texts[key] = text;
  };
  const [family, given] = splitStructured(preferred(properties, "N")?.value ?? "");
  set("firstName", given);
  set("lastName", family);
  if (texts.firstName === undefined && texts.lastName === undefined) {
    const whole = splitName(cleanText(unescapeText(preferred(properties, "FN")?.value ?? "")) ?? "");
    set("firstName", whole.firstName);
    set("lastName", whole.lastName);
  }
  const [company] = splitStructured(preferred(properties, "ORG")?.value ?? "");
  set("company", company);
  set("position", unescapeText(preferred(properties, "TITLE")?.value ?? ""));
  set("email", unescapeText(preferred(properties, "EMAIL")?.value ?? ""));
  const [, , , city, region, , country] = splitStructured(preferred(properties, "ADR")?.value ?? "");
  set(
    "location",
    [city, region, country]
      .map((part) => part?.trim() ?? "")
      .filter((part) => part !== "")
      .join(", "),
  );
  return texts;
}

/** The property marked as preferred (`TYPE=pref`, `PREF=1`), else the first that says anything. */
function preferred(properties: readonly VCardProperty[], name: string): VCardProperty | undefined {
  const all = properties.filter((property) => property.name === name && /[^;\s]/.test(property.value));
  const isPreferred = ({ params }: VCardProperty) =>
    params.get("PREF")?.[0] === "1" || params.get("TYPE")?.some((type) => type.toLowerCase() === "pref") === true;
  return all.find(isPreferred) ?? all[0];
}
