/** Pages beside those of people; usernames too. */
const TAKEN: ReadonlySet<string> = new Set(["import", "imports"]);

/** What names a person in the address of their page. A leading @ is no part of a username, and is passed over there. */
export function personSegment(username: string): string {
  return TAKEN.has(username) ? `@${username}` : encodeURIComponent(username);
}
