import type { Source } from "#lib/corpora";
import { Badge, Button, Confirm, PostForm } from "#lib/ui";
import { passageWords } from "../passage-words.ts";
import type { OpenPersona } from "./open-persona.ts";

/** A file of a persona: how it fared, and the way to its first passage. */
export function SourceLine({ opened, source }: { opened: OpenPersona; source: Source }) {
  const { dashboard, persona, own, mayChange } = opened;
  const { act, token } = dashboard;
  const { status, page: at, pages, message } = source;
  const tone = status === "ready" ? "good" : status === "waiting" || status === "reading" ? "accent" : "warn";
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 font-medium text-sm">
          {source.passages > 0 ? (
            <a href={`${own}/passages/${source.id}:0`} className="break-words hover:underline">
              {source.title}
            </a>
          ) : (
            <span className="break-words">{source.title}</span>
          )}
          <Badge tone={tone}>{status.replace("_", " ")}</Badge>
        </p>
        <p className="break-words text-quiet text-xs leading-5">
          {source.fileName} · {passageWords(source.passages)}
          {status === "reading" && at !== null && pages !== null && ` · page ${at} of ${pages}`}
        </p>
        {message && <p className="text-pretty text-quiet text-xs leading-5">{message}</p>}
      </div>
      {mayChange && (
        <Confirm label="Remove" about={source.title}>
          <p className="text-pretty text-sm leading-6">The file and every passage of it are deleted.</p>
          <PostForm
            action={act("remove-source")}
            token={token}
            hidden={{ persona: persona.id, id: source.id, back: own }}
            className="mt-3"
          >
            <Button look="danger">Remove {source.title}</Button>
          </PostForm>
        </Confirm>
      )}
    </li>
  );
}
