import Link from "next/link";
import { pictureAddress } from "#lib/avatars";
import type { PersonLine as Person } from "#lib/profiles";
import { Badge, Face, Moment } from "#lib/ui";
import type { Dashboard } from "../../dashboard.ts";
import { personName, STATUS_TONES, STATUS_WORDS, sourceWords } from "./person-words.ts";

/** One person of the list: the face, who they are, how it stands with their photo, and where they came from. */
export function PersonLine({ dashboard, person }: { dashboard: Dashboard; person: Person }) {
  const { username, photoSha256, headline, position, company, source } = person;
  const name = personName(person);
  const work = headline ?? [position, company].filter(Boolean).join(", ");
  const picture = { username, name: name.forInitials, photoSha256 };
  const since = person.importedAt ?? person.firstLookedUpAt;
  return (
    <li className="relative flex items-center gap-3 px-4 py-2.5 hover:bg-sunk/60 sm:gap-4 sm:px-5">
      <Face src={pictureAddress(picture, 64)} src2x={pictureAddress(picture, 128)} name="" size={40} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium text-sm leading-5">
          <Link
            href={dashboard.personPage(username)}
            prefetch={false}
            className="after:absolute after:inset-0 after:content-['']"
          >
            {name.toShow}
          </Link>
        </p>
        <p className="truncate text-quiet text-sm leading-5">{work || (name.toShow === username ? "" : username)}</p>
      </div>
      <p className="hidden w-40 shrink-0 text-right text-quiet text-xs leading-5 md:block">
        {source ? sourceWords(source) : "Looked up"}
        <br />
        {since && <Moment iso={since} now={dashboard.now} />}
      </p>
      <div className="w-24 shrink-0 text-right">
        <Badge tone={STATUS_TONES[person.status]}>{STATUS_WORDS[person.status]}</Badge>
      </div>
    </li>
  );
}
