import { AVATAR_SIZES, nameFromUsername, renderInitialsSvg } from "#lib/avatars";
import { typeOfKey } from "#lib/keys";
import { CATALOG } from "#lib/platform/errors";
import { type KnownIdentity, parseLinkedInUrl, parseUsername } from "#lib/profiles";
import { CopyButton } from "#lib/ui";
import { LivePicture } from "./live-picture.tsx";

type Props = { publicUrl: string; person: string; apiKey: string };

/** Paste a profile, see the picture at every size with its address. A plain GET form: it works without JavaScript. */
export function LiveBox({ publicUrl, person, apiKey }: Props) {
  const identity = person
    ? person.includes("/") || person.includes(".com")
      ? parseLinkedInUrl(person)
      : parseUsername(person)
    : null;
  const usable = typeOfKey(apiKey) === "publishable";
  return (
    <section className="rounded-2xl border border-line bg-card p-4 sm:p-6" aria-label="Try it">
      <form className="flex flex-col gap-3 sm:flex-row sm:items-end">
        <Field
          label="LinkedIn address or username"
          name="person"
          value={person}
          placeholder="https://www.linkedin.com/in/janedoe"
          grow
        />
        <Field label="Publishable key" name="key" value={apiKey} placeholder="pk_live_…" />
        <button
          type="submit"
          className="h-10 rounded-lg bg-accent px-4 font-medium text-accent-ink text-sm hover:opacity-90"
        >
          Show the face
        </button>
      </form>
      {apiKey && !usable && (
        <Note danger>
          {CATALOG[apiKey.startsWith("sk_") ? "secret_key_in_url" : "mistyped_key"].sentence}{" "}
          {CATALOG[apiKey.startsWith("sk_") ? "secret_key_in_url" : "mistyped_key"].cure}
        </Note>
      )}
      {identity && !identity.ok && (
        <Note danger>
          {CATALOG[identity.code].sentence} {CATALOG[identity.code].cure}
        </Note>
      )}
      {identity?.ok && usable && <Pictures publicUrl={publicUrl} identity={identity} apiKey={apiKey} />}
      {identity?.ok && !apiKey && <Preview identity={identity} />}
      {!identity && <Note>Paste a profile above; a publishable key was printed where the server was started.</Note>}
    </section>
  );
}

function Pictures({ publicUrl, identity, apiKey }: { publicUrl: string; identity: KnownIdentity; apiKey: string }) {
  const path = (size: number) =>
    `/v1/avatar?${new URLSearchParams({ username: identity.username, size: String(size), key: apiKey })}`;
  const curl = `curl -sLo ${identity.username}.webp "${publicUrl}${path(256)}"`;
  return (
    <div className="mt-6 grid gap-6 sm:grid-cols-[256px_1fr]">
      <LivePicture src={path(256)} name={nameFromUsername(identity.username) || identity.username} />
      <div className="min-w-0">
        <ul className="divide-y divide-line">
          {AVATAR_SIZES.map((size) => (
            <li key={size} className="flex items-center gap-3 py-2">
              <span className="flex w-16 shrink-0 justify-center">
                {/* biome-ignore lint/performance/noImgElement: this is what the page shows: the plain tag */}
                <img
                  src={path(size)}
                  alt=""
                  width={Math.min(size, 64)}
                  height={Math.min(size, 64)}
                  className="rounded-full"
                />
              </span>
              <span className="w-10 shrink-0 text-quiet text-sm tabular-nums">{size}</span>
              <code className="min-w-0 flex-1 truncate font-mono text-xs">{publicUrl + path(size)}</code>
              <CopyButton text={publicUrl + path(size)} what={`the address at ${size} pixels`} />
            </li>
          ))}
        </ul>
        <div className="mt-4 flex items-center gap-3 rounded-lg border border-line bg-page px-3 py-2">
          <code className="min-w-0 flex-1 truncate font-mono text-xs">{curl}</code>
          <CopyButton text={curl} what="the curl line" />
        </div>
      </div>
    </div>
  );
}

/** Without a key nothing is looked up; what can be shown is the art the person would get. */
function Preview({ identity }: { identity: KnownIdentity }) {
  const name = nameFromUsername(identity.username);
  return (
    <div className="mt-6 flex flex-col gap-5 sm:flex-row sm:items-center">
      <div className="flex items-end gap-3">
        {[128, 64, 32].map((size) => (
          // biome-ignore lint/performance/noImgElement: a data address of a few hundred bytes
          <img
            key={size}
            alt={size === 128 ? `Initials of ${name || identity.username}` : ""}
            width={size}
            height={size}
            className="rounded-full"
            src={`data:image/svg+xml,${encodeURIComponent(renderInitialsSvg({ name, username: identity.username, size }))}`}
          />
        ))}
      </div>
      <p className="max-w-md text-pretty text-quiet text-sm leading-6">
        This is the art <strong className="text-ink">{identity.username}</strong> gets while there is no photo. Add a
        publishable key to look the person up in its workspace. It was printed where the server was started;{" "}
        <code className="whitespace-nowrap font-mono text-xs">npm run avtrz -- key list</code> shows it again.
      </p>
    </div>
  );
}

function Field(props: { label: string; name: string; value: string; placeholder: string; grow?: boolean }) {
  return (
    <label className={`flex min-w-0 flex-col gap-1 text-sm ${props.grow ? "flex-1" : "sm:w-56"}`}>
      <span className="text-quiet">{props.label}</span>
      <input
        name={props.name}
        defaultValue={props.value}
        placeholder={props.placeholder}
        autoComplete="off"
        spellCheck={false}
        className="h-10 rounded-lg border border-line bg-page px-3 text-sm placeholder:text-quiet/60"
      />
    </label>
  );
}

function Note({ children, danger }: { children: React.ReactNode; danger?: boolean }) {
  return (
    <p
      role={danger ? "alert" : undefined}
      className={`mt-4 text-pretty text-sm leading-6 ${danger ? "text-danger" : "text-quiet"}`}
    >
      {children}
    </p>
  );
}
