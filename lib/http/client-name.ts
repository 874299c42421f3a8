import { LRUCache } from "lru-cache";

const known = new LRUCache<string, string>({ max: 1_000 });

// More specific names first: every browser claims to be several others.
const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
] as const;

/** A short name for charts out of a User-Agent: a browser's, else the first product (`curl`, `node`). */
export function clientOf(userAgent: string | null): string | undefined {
  if (!userAgent) return undefined;
  let name = known.get(userAgent);
  if (!name) {
    name =
      BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? userAgent.match(/^[\w.-]{1,40}/)?.[0] ?? "other";
    known.set(userAgent, name);
  }
  return name;
}
