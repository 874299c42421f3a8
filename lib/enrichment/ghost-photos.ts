/** Pictures that a site shows where a member has none, by the names they go by. */
const SILHOUETTES =
  /(?:^|[/_-])(?:(?:default|blank|empty|missing|generic|anonymous|placeholder)[_-]?(?:avatar|profile|user|person|photo|picture|pic|image)|no[_-]?(?:avatar|photo|picture|pic|image)|ghost[_-]?person|silhouette)(?:[_.\d/-]|$)/i;

/**
 * Whether a picture's address shows it to be a placeholder, which counts as no photo.
 * On LinkedIn, members' photos come from media.licdn.com; what static.licdn.com and static-exp1.licdn.com serve is
 * the site's own, among it the ghost under `/aero-v1/` and `/scds/…/ghosts/person/`.
 */
export function isGhostPhoto(photoUrl: string): boolean {
  const url = URL.parse(photoUrl);
  if (url === null) return false;
  if (/^static(?:-exp\d+)?\.licdn\.com$/.test(url.hostname)) return true;
  if (url.hostname.endsWith(".licdn.com") && /\/(?:aero-v1|ghosts)\//.test(url.pathname)) return true;
  // The banner behind the head, which has been seen to come in place of the photo.
  if (url.pathname.includes("profile-displaybackgroundimage")) return true;
  return SILHOUETTES.test(url.pathname);
}

/** The first of several addresses that can be a photo: http or https, and no placeholder. */
export function firstPhoto(...candidates: (string | undefined)[]): string | undefined {
  return candidates.find((candidate) => {
    const protocol = candidate && URL.parse(candidate)?.protocol;
    return (protocol === "https:" || protocol === "http:") && !isGhostPhoto(candidate ?? "");
  });
}
