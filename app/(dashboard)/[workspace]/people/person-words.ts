import { nameFromUsername } from "#lib/avatars";
import type { PersonStatus } from "#lib/profiles";
import type { Tone } from "#lib/ui";

export const STATUS_WORDS: Readonly<Record<PersonStatus, string>> = {
  resolved: "Photo",
  not_found: "Initials",
  enriching: "Looking up",
  suppressed: "Suppressed",
};

export const STATUS_TONES: Readonly<Record<PersonStatus, Tone>> = {
  resolved: "good",
  not_found: "plain",
  enriching: "accent",
  suppressed: "warn",
};

const SOURCES: Readonly<Record<string, string>> = {
  connections_csv: "LinkedIn’s CSV",
  hubspot_csv: "HubSpot",
  salesforce_csv: "Salesforce",
  csv: "CSV file",
  vcard: "vCard",
  photo_folder: "Photos",
  photo_zip: "Photos",
  sample: "Sample",
  manual: "Added here",
  import: "Your import",
  own: "Your workspace",
  enrichlayer: "EnrichLayer",
  peopledatalabs: "People Data Labs",
  github: "GitHub",
};

/** Where a person, a photo or a fact came from; of a provider its name. */
export function sourceWords(source: string): string {
  return SOURCES[source] ?? source.charAt(0).toUpperCase() + source.slice(1);
}

type Named = { username: string; firstName: string | null; lastName: string | null };

/** What a person is called; `toShow` is the username where nobody told a name, `forInitials` what can be made of it. */
export function personName({ username, firstName, lastName }: Named): { toShow: string; forInitials: string } {
  const told = [firstName, lastName].filter(Boolean).join(" ");
  return { toShow: told || username, forInitials: told || nameFromUsername(username) };
}
