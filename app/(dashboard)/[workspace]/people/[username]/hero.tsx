import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { pictureAddress } from "#lib/avatars";
import { Badge, Button, Moment, PostForm } from "#lib/ui";
import { STATUS_TONES, STATUS_WORDS, sourceWords } from "../person-words.ts";
import type { PersonProps } from "./person-props.ts";

const LARGE = 224;

/** The picture, large, and how it stands with it. */
export function Hero({ dashboard, person, name }: PersonProps) {
  const { act, token, may, now, services, personPage } = dashboard;
  const { username, photo, lookup } = person;
  const picture = { username, name: name.forInitials, photoSha256: photo?.sha256 ?? null };
  const canLookUp = may("admin") && !person.suppressed && services.enrichment.providerNames.length > 0;
  return (
    <section
      aria-label="Picture"
      className="flex min-w-0 flex-col gap-6 rounded-xl border border-line bg-card p-4 sm:flex-row sm:p-5"
    >
      {/* biome-ignore lint/performance/noImgElement: our own pictures come at the size asked */}
      <img
        src={pictureAddress(picture, 256)}
        srcSet={`${pictureAddress(picture, 256)} 1x, ${pictureAddress(picture, 512)} 2x`}
        alt={`${photo ? "Photo" : "Initials"} of ${name.toShow}`}
        width={LARGE}
        height={LARGE}
        className="size-56 shrink-0 rounded-2xl bg-sunk object-cover"
      />
      <div className="flex min-w-0 flex-1 flex-col gap-4">
        <p className="flex flex-wrap items-center gap-2 text-sm leading-6">
          <Badge tone={STATUS_TONES[person.status]}>{STATUS_WORDS[person.status]}</Badge>
          <span className="text-pretty text-quiet">
            <Standing person={person} now={now} />
          </span>
        </p>
        <dl className="grid gap-x-6 gap-y-3 text-sm sm:grid-cols-2">
          <Term words="LinkedIn">
            <a
              href={person.linkedinUrl}
              rel="noreferrer"
              target="_blank"
              className="inline-flex max-w-full items-center gap-1.5 text-accent underline-offset-4 hover:underline"
            >
              <span className="truncate">{username}</span>
              <ExternalLink size={14} className="shrink-0" aria-label="(opens in a new tab)" />
            </a>
          </Term>
          <Term words="Imported">
            {person.imported ? (
              <>
                {sourceWords(person.imported.source)}, <Moment iso={person.imported.at} now={now} />
              </>
            ) : (
              "Not imported"
            )}
          </Term>
          <Term words="First asked for">
            {person.firstLookedUpAt ? <Moment iso={person.firstLookedUpAt} now={now} /> : "Never"}
          </Term>
          <Term words="Looked up at providers">
            {lookup?.checkedAt ? (
              <>
                <Moment iso={lookup.checkedAt} now={now} />
                {lookup.nextAt && Date.parse(lookup.nextAt) > now && (
                  <>
                    , again <Moment iso={lookup.nextAt} now={now} />
                  </>
                )}
              </>
            ) : services.enrichment.providerNames.length === 0 ? (
              "No provider is configured"
            ) : (
              "Not yet"
            )}
          </Term>
        </dl>
        {canLookUp && (
          <PostForm action={act("recheck-person")} token={token} hidden={{ username, back: personPage(username) }}>
            <Button look="plain">Look up again</Button>
            <p className="mt-1.5 text-pretty text-quiet text-xs leading-5">
              {costWords(services.enrichment.providers)}
            </p>
          </PostForm>
        )}
      </div>
    </section>
  );
}

/** What looking somebody up may cost; what is left of whose budget is the operator's to know. */
function costWords(providers: PersonProps["dashboard"]["services"]["enrichment"]["providers"]): string {
  const paid = providers.filter(({ organizationBound }) => !organizationBound).map(({ title }) => title);
  const list = new Intl.ListFormat("en", { type: "conjunction" }).format(paid);
  if (paid.length === 0) return "It costs nothing.";
  return paid.length === 1
    ? `It costs the operator at most a unit at ${list}.`
    : `It costs the operator at most a unit at each of ${list}, asked in that order until one knows enough.`;
}

function Term({ words, children }: { words: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-quiet text-xs leading-5">{words}</dt>
      <dd className="min-w-0 break-words leading-6">{children}</dd>
    </div>
  );
}

/** How it stands with the picture, in a sentence. */
function Standing({ person, now }: { person: PersonProps["person"]; now: number }) {
  const { suppressed, photo, lookup } = person;
  if (suppressed) {
    return (
      <>
        {suppressed.by === "workspace" ? "In this workspace" : "Everywhere, by the operator"},{" "}
        <Moment iso={suppressed.at} now={now} />
        {suppressed.reason && `: ${suppressed.reason}`}
      </>
    );
  }
  if (photo?.source === "own") return "Uploaded by hand, for this workspace.";
  if (photo) return photo.source === "import" ? "It came with your import." : `From ${sourceWords(photo.source)}.`;
  if (person.status === "enriching" && lookup?.queuedAt) {
    return (
      <>
        Asked for <Moment iso={lookup.queuedAt} now={now} />. Initials are shown until a photo is found.
      </>
    );
  }
  return "No photo is known, so their initials are shown.";
}
