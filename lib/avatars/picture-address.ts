import { renderInitialsSvg } from "./initials/index.ts";
import type { AvatarSize } from "./photos/index.ts";

/**
 * The address of a person's picture for a page of ours: the stored photo, else the initials as a data address. Neither is
 * metered: looking at one's own people costs nothing.
 */
export function pictureAddress(
  person: { username: string; name: string; photoSha256: string | null },
  size: AvatarSize,
): string {
  if (person.photoSha256) return `/cdn/${person.photoSha256}/${size}.webp`;
  const { name, username } = person;
  return `data:image/svg+xml,${encodeURIComponent(renderInitialsSvg({ name, username, size }))}`;
}
