import { broken, notRecognized, openRegular } from "./file-access.ts";
import type { ImportItem, ImportSource } from "./rows.ts";
import { beginsCard, readCards, readLines } from "./vcard-lines.ts";
import { itemsOfCard } from "./vcard-person.ts";

/** Some 5,000 contacts with photos; read in pieces, so that it is time and not memory that this limits. */
export const MAX_VCARD_BYTES = 512 * 1024 * 1024;

/**
 * A vCard file of any version with any number of cards. Reads it once to count the cards, and throws
 * file_unreadable, file_too_large, file_not_recognized (no card) or file_broken (binary data, with its line)
 * before the first item. Then one card is in memory at a time.
 */
export async function openVCards(file: string): Promise<ImportSource> {
  const { handle } = await openRegular(file, MAX_VCARD_BYTES);
  await handle.close();
  let total = 0;
  for await (const { first, texts } of readLines(file)) {
    const binary = texts.findIndex((text) => text.includes("\0"));
    if (binary >= 0) throw broken(file, `line ${first + binary}`, "it holds binary data");
    for (const text of texts) if (beginsCard(text)) total++;
  }
  if (total === 0) throw notRecognized(file, "it holds no BEGIN:VCARD");
  return { total, items: items(file) };
}

async function* items(file: string): AsyncGenerator<ImportItem> {
  const known = new Map<string, string>();
  for await (const card of readCards(readLines(file))) {
    for (const item of itemsOfCard(card)) {
      const again = item.ok ? known.get(item.row.username) : undefined;
      if (item.ok && again === undefined) known.set(item.row.username, item.row.where);
      yield item.ok && again !== undefined ? { ...item, again } : item;
    }
  }
}
