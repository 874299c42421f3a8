import Link from "next/link";
import { AVATAR_SIZES, type AvatarSize, pictureAddress } from "#lib/avatars";
import type { KeyOverview } from "#lib/keys";
import { Card, CodeBlock, CopyField } from "#lib/ui";
import type { PersonProps } from "./person-props.ts";

/** Drawn at their true size side by side; the others have their addresses alone. */
const SIDE_BY_SIDE = [32, 64, 128, 256] as const;

/** The picture at every size, each with the address to use elsewhere, and a line of HTML. */
export async function PictureSizes({ dashboard, person, name }: PersonProps) {
  const { services, viewer, workspace, page } = dashboard;
  const key = usableKey(await services.keys.overview(viewer, workspace.id));
  const picture = { username: person.username, name: name.forInitials, photoSha256: person.photo?.sha256 ?? null };
  const address = (size: AvatarSize) => {
    const query = new URLSearchParams({ username: person.username, size: String(size), key: key?.key ?? "YOUR_KEY" });
    return `${services.config.publicUrl}/v1/avatar?${query}`;
  };
  return (
    <Card title="At every size" detail={<KeyNote keyUsed={key} keysHref={page("keys")} />}>
      <div className="flex flex-wrap items-end gap-4">
        {SIDE_BY_SIDE.map((size) => (
          <figure key={size} className={`flex-col items-center gap-1.5 ${size === 256 ? "hidden sm:flex" : "flex"}`}>
            {/* biome-ignore lint/performance/noImgElement: our own pictures come at the size asked */}
            <img
              src={pictureAddress(picture, size)}
              alt=""
              width={size}
              height={size}
              loading="lazy"
              decoding="async"
              className="rounded-lg bg-sunk object-cover"
              style={{ width: size, height: size }}
            />
            <figcaption className="text-quiet text-xs tabular-nums">{size}</figcaption>
          </figure>
        ))}
      </div>
      <dl className="mt-5 grid gap-2">
        {AVATAR_SIZES.map((size) => (
          <div key={size} className="grid items-center gap-x-3 gap-y-1 sm:grid-cols-[3.5rem_1fr]">
            <dt className="text-quiet text-xs tabular-nums">{size} px</dt>
            <dd className="min-w-0">
              <CopyField text={address(size)} what={`the address at ${size} pixels`} />
            </dd>
          </div>
        ))}
      </dl>
      <h3 className="mt-6 mb-2 font-medium text-sm">As an image on a page</h3>
      <CodeBlock what="the HTML" code={html(address, name.toShow)} />
    </Card>
  );
}

/** One that works everywhere, and is meant for pages; else one that works somewhere. */
function usableKey(keys: readonly KeyOverview[]): KeyOverview | undefined {
  const working = keys.filter(({ key, status }) => key && status === "active");
  const anywhere = working.filter(({ allowedDomains }) => allowedDomains.length === 0);
  return (
    anywhere.find(({ purpose }) => purpose === null) ?? working.find(({ purpose }) => purpose === null) ?? working[0]
  );
}

function KeyNote({ keyUsed, keysHref }: { keyUsed: KeyOverview | undefined; keysHref: string }) {
  const link = (words: string) => (
    <Link href={keysHref} prefetch={false} className="underline underline-offset-2 hover:text-ink">
      {words}
    </Link>
  );
  if (!keyUsed)
    return <>The addresses need a publishable key in place of YOUR_KEY; this workspace has none. {link("Make one")}.</>;
  const sites = keyUsed.allowedDomains.join(", ");
  return (
    <>
      The addresses hold the publishable key {keyUsed.name} (…{keyUsed.last4}), which{" "}
      {sites ? `works on ${sites} alone` : "may stand on any page"}. Each request takes one unit; looking at this page
      takes none. {link("API keys")}
    </>
  );
}

function html(address: (size: AvatarSize) => string, name: string): string {
  const attribute = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<img src="${attribute(address(64))}"
     srcset="${attribute(address(64))} 1x,
             ${attribute(address(128))} 2x"
     width="64" height="64" loading="lazy" alt="${attribute(name)}">`;
}
