import { canonicalUrl } from "#lib/profiles";

/** A delivery as its row has it. */
export type Told = { type: string; username: string | null; data: Record<string, unknown>; createdAt: Date };

const PICTURE_SIZE = 512;

/** The names of facts as `GET /v1/profile` has them. */
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The body of a delivery: the same bytes at every attempt. */
export function bodyOf({ type, username, data, createdAt }: Told, publicUrl: string): string {
  return JSON.stringify({
    type,
    timestamp: createdAt.toISOString(),
    data: { ...personOf(username), ...dataOf(type, data, publicUrl) },
  });
}

function personOf(username: string | null): Record<string, string> {
  return username === null ? {} : { username, linkedin_url: canonicalUrl(username) };
}

function dataOf(type: string, data: Record<string, unknown>, publicUrl: string): Record<string, unknown> {
  if (type === "avatar.ready") return { image_url: `${publicUrl}/cdn/${data["photo"]}/${PICTURE_SIZE}.webp` };
  if (type === "profile.updated") return { changed: (data["changed"] as string[]).map(snake) };
  return data;
}
