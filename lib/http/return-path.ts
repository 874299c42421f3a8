const MAX_LENGTH = 2_000;
/** One slash, then anything but what a browser would take for a second one, or what ends a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const PATH_HERE = /^\/(?![/\\])[^\\\u0000-\u001f\u007f]*$/;

/**
 * Where to go after signing in: `next` if it is a path on this origin, else `/`. It has to be harmless as it stands,
 * decoded, and resolved, since nobody knows how often those in between decode it.
 */
export function returnPath(next: string | null | undefined, publicUrl: string): string {
  if (!next || next.length > MAX_LENGTH || !PATH_HERE.test(next) || !URL.canParse(next, publicUrl)) return "/";
  const url = new URL(next, publicUrl);
  const resolved = url.pathname + url.search + url.hash;
  const harmless = [decoded(next), resolved, decoded(resolved)].every((text) => text !== null && PATH_HERE.test(text));
  return url.origin === publicUrl && harmless ? resolved : "/";
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
