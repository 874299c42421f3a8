import type { ReactNode } from "react";
import type { PersonDetails } from "#lib/profiles";
import { Button, Card, Confirm, FileField, PostForm, TextField } from "#lib/ui";
import type { Dashboard } from "../../../dashboard.ts";
import { Corrections } from "./corrections.tsx";

type Props = { dashboard: Dashboard; person: PersonDetails; name: string };

/** What owners and admins do with a person of their workspace. */
export function Manage({ dashboard, person, name }: Props) {
  if (!dashboard.may("admin")) return null;
  return (
    <>
      {!person.suppressed && (
        <>
          <Corrections dashboard={dashboard} person={person} name={name} />
          <OwnPhoto dashboard={dashboard} person={person} name={name} />
        </>
      )}
      <Removal dashboard={dashboard} person={person} name={name} />
    </>
  );
}

function OwnPhoto({ dashboard, person: { username, photos }, name }: Props) {
  const { act, upload, token, personPage, workspace } = dashboard;
  const own = photos.some(({ source }) => source === "own");
  return (
    <Card
      title="A photo of your own"
      detail={`It is shown for ${name} before any other, in ${workspace.name} alone. The face is found and the picture cropped around it.`}
    >
      <div className="flex flex-wrap items-end gap-x-4 gap-y-3">
        <PostForm
          action={upload("photo", personPage(username))}
          token={token}
          files
          hidden={{ username }}
          className="flex min-w-0 flex-1 basis-80 flex-col items-start gap-3"
        >
          <FileField
            label="Photo"
            name="file"
            accept="image/jpeg,image/png,image/webp,image/avif,image/gif"
            required
            className="w-full"
            hint="JPEG, PNG, WebP, AVIF or GIF; at most 5 MB."
          />
          <Button look="plain">{own ? "Replace the photo" : "Use this photo"}</Button>
        </PostForm>
        {own && (
          <PostForm action={act("remove-own-photo")} token={token} hidden={{ username, back: personPage(username) }}>
            <Button look="danger">Remove the photo of {name}</Button>
          </PostForm>
        )}
      </div>
    </Card>
  );
}

function Removal({ dashboard, person, name }: Props) {
  const { act, token, personPage, workspace } = dashboard;
  const { username, suppressed, imported } = person;
  const hidden = { username, back: personPage(username) };
  return (
    <Card title="Suppress or delete" danger>
      <div className="flex flex-col gap-5">
        {suppressed?.by === "operator" ? (
          <Line words={`${name} is suppressed everywhere`}>
            The operator of this installation decided it. Every workspace shows initials, and keeps nothing of them.
          </Line>
        ) : suppressed ? (
          <Line
            words={`Show ${name} again`}
            act={
              <PostForm action={act("unsuppress-person")} token={token} hidden={hidden}>
                <Button look="plain">Show {name} again</Button>
              </PostForm>
            }
          >
            What providers know of them is shown again at once. What was imported was deleted, and comes back only by
            another import.
          </Line>
        ) : (
          <Line
            words={`Suppress ${name}`}
            act={
              <Confirm label="Suppress" about={name}>
                <p className="text-pretty text-sm leading-6">
                  In {workspace.name}, {name} is shown as initials at once: on pages, over the API, and to AI clients,
                  which are told no facts of them either. What was imported is deleted, and a later import passes them
                  over.
                </p>
                <PostForm
                  action={act("suppress-person")}
                  token={token}
                  hidden={hidden}
                  className="mt-3 flex flex-col items-start gap-3"
                >
                  <TextField label="Reason (optional)" name="reason" maxLength={300} className="w-full" />
                  <Button look="danger">Suppress {name}</Button>
                </PostForm>
              </Confirm>
            }
          >
            For somebody who asked not to be shown. It holds in this workspace; to be removed everywhere, they ask the
            operator.
          </Line>
        )}
        {(imported || person.firstLookedUpAt) && (
          <Line
            words={`Delete ${name}`}
            act={
              <Confirm label="Delete" about={name}>
                <p className="text-pretty text-sm leading-6">
                  {imported ? "What was imported of them, their photo included, is deleted." : "They leave the list."}{" "}
                  What providers told stays, since it is shared. Whoever asks for them again has them looked up as a new
                  profile.
                </p>
                <PostForm action={act("delete-person")} token={token} hidden={hidden} className="mt-3">
                  <Button look="danger">Delete {name}</Button>
                </PostForm>
              </Confirm>
            }
          >
            Takes them out of {workspace.name}. An import or a request brings them back.
          </Line>
        )}
      </div>
    </Card>
  );
}

function Line({ words, act, children }: { words: string; act?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
      <div className="min-w-0 flex-1 basis-64">
        <p className="break-words font-medium text-sm leading-6">{words}</p>
        <p className="text-pretty text-quiet text-sm leading-6">{children}</p>
      </div>
      {act && <div className="ml-auto">{act}</div>}
    </div>
  );
}
