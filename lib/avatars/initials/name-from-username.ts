const MEMBER_URN = /^AC[ow]AA/;
/** What LinkedIn appends to make a name unique: `-4861599`, `-a1b2c3d4`. */
const SERIAL = /^(?=.*[0-9])[0-9a-z]{5,10}$/;

/**
 * A person's name as far as a canonical username tells it: `jane-doe-4861599` gives `jane doe`. Lower case, as the
 * username is. `""` for a member id (`ACoAA…`), which tells nothing.
 */
export function nameFromUsername(username: string): string {
  if (MEMBER_URN.test(username)) return "";
  const words = username.split("-").filter((word) => word !== "");
  // A serial stands behind a name; a username that is one word is one that somebody chose.
  if (words.length > 1 && SERIAL.test(words.at(-1) ?? "")) words.pop();
  return words.join(" ");
}
