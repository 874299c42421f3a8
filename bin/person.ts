import { AppError } from "../lib/platform/errors.ts";
import { parseLinkedInUrl, parseUsername } from "../lib/profiles/index.ts";

/** The canonical username of a person given by username or LinkedIn address. Throws AppError of the parser's code. */
export function usernameOf(person: string): string {
  const parsed = person.includes("/") ? parseLinkedInUrl(person) : parseUsername(person);
  if (!parsed.ok) throw new AppError(parsed.code);
  return parsed.username;
}
