import { LRUCache } from "lru-cache";

type Range = { type: string; quality: number };
const parsed = new LRUCache<string, Range[]>({ max: 500 });

/**
 * How much a client wants a media type, 0 to 1, by its Accept header (RFC 9110, 12.5.1): the most specific range
 * that matches decides. No header wants everything.
 */
function qualityOf(accept: string | null, mediaType: string): number {
  if (!accept) return 1;
  let ranges = parsed.get(accept);
  if (!ranges) {
    ranges = accept.split(",", 50).map(parseRange);
    parsed.set(accept, ranges);
  }
  const wildcard = `${mediaType.slice(0, mediaType.indexOf("/"))}/*`;
  for (const candidate of [mediaType, wildcard, "*/*"]) {
    const range = ranges.find(({ type }) => type === candidate);
    if (range) return range.quality;
  }
  return 0;
}

/** Of the types on offer, the one the client wants most; between equals the earlier. Null when it wants none. */
export function negotiate<T extends string>(accept: string | null, offered: readonly T[]): T | null {
  let best: T | null = null;
  let bestQuality = 0;
  for (const type of offered) {
    const quality = qualityOf(accept, type);
    if (quality > bestQuality) [best, bestQuality] = [type, quality];
  }
  return best;
}

function parseRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = q ? Number.parseFloat(q.slice(2)) : 1;
  return { type, quality: Number.isNaN(quality) ? 1 : Math.min(1, Math.max(0, quality)) };
}
