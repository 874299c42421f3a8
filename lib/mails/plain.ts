const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const MAX_NAME = 60;
const MAX_ADDRESS = 300;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/**
 * A name that somebody chose, for a mail that goes to somebody else: one line, nothing that hides or turns text around,
 * and no address, since mail programs make links of those. `instead` stands for one that has an address in it.
 */
export function plainName(name: string, instead: string): string {
  const text = oneLine(name);
  if (!text || /:\/\/|www\.|[\p{L}\p{N}][.。．｡][\p{L}]{2,}|@/iu.test(text.normalize("NFKC"))) return instead;
  return [...text].slice(0, MAX_NAME).join("");
}

/** An address from outside, to be read and not followed: one line, and no longer than a line or two. */
export function plainAddress(address: string): string {
  return [...oneLine(address)].slice(0, MAX_ADDRESS).join("");
}

function oneLine(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, " ")
    .replace(/\s+/gu, " ")
    .trim();
}
