import { nameFromUsername, pictureAddress } from "#lib/avatars";
import { AppError } from "#lib/platform/errors";
import type { PersonLine } from "#lib/profiles";
import { personSegment } from "./person-segment.ts";
import type { Read } from "./reads.ts";

/** `picture` is the address of a face. */
type Hit = { kind: "person" | "key"; words: string; detail: string; href: string; picture?: string };
const MAX_OF_A_KIND = 6;

/** What the command palette finds for `q`: people and keys; the pages it knows itself. */
export const search: Read = async (services, viewer, organizationId, url) => {
  const mine = await services.organizations.ofUser(viewer.userId);
  if (!mine.some((one) => one.id === organizationId))
    throw new AppError("organization_not_found", { fields: { id: organizationId } });
  const wanted = (url.searchParams.get("q") ?? "").trim().toLowerCase().slice(0, 100);
  if (!wanted) return Response.json({ hits: [] });
  const [people, keys] = await Promise.all([
    services.profiles.people.list(viewer, organizationId, { search: wanted, limit: MAX_OF_A_KIND }),
    services.keys.manager.list(organizationId),
  ]);
  const found: Hit[] = keys
    .filter((key) => key.status !== "revoked" && `${key.name} ${key.last4}`.toLowerCase().includes(wanted))
    .slice(0, MAX_OF_A_KIND)
    .map((key) => ({
      kind: "key",
      words: key.name,
      detail: `${key.type}, …${key.last4}`,
      href: `/${organizationId}/keys/${key.id}`,
    }));
  return Response.json({ hits: [...people.items.map((person) => hitOf(person, organizationId)), ...found] });
};

function hitOf(person: PersonLine, organizationId: string): Hit {
  const { username, firstName, lastName, headline, position, company, photoSha256 } = person;
  const name = [firstName, lastName].filter(Boolean).join(" ");
  return {
    kind: "person",
    words: name || username,
    detail: headline ?? [position, company].filter(Boolean).join(", "),
    href: `/${organizationId}/people/${personSegment(username)}`,
    picture: pictureAddress({ username, name: name || nameFromUsername(username), photoSha256 }, 64),
  };
}
