/**
 * An e-mail address as it is kept and compared: trimmed, lower case; null for what is none. ASCII only: lower-casing
 * other letters can turn one person's address into another's (U+212A becomes k).
 */
export function normalizeEmail(given: string | null | undefined): string | null {
  const email = given?.trim() ?? "";
  return email.length <= 254 && ADDRESS.test(email) ? email.toLowerCase() : null;
}

// What nobody's address needs and what would mean something in a mail's header is left out: quotes, brackets, commas.
const ADDRESS = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/i;
