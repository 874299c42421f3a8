/**
 * What keeps an answer from being what a page shows, or null. Texts must be equal, with `…` for anything; numbers need
 * only be numbers, since counts differ; null may have become a number. What the page leaves out may be there.
 */
export function differenceOf(shown: unknown, real: unknown, path = "answer"): string | null {
  if (typeof shown === "string") {
    if (typeof real === "string" && pattern(shown).test(real)) return null;
  } else if (typeof shown === "number") {
    if (typeof real === "number") return null;
  } else if (shown === null) {
    if (real === null || typeof real === "number") return null;
  } else if (typeof shown === "boolean") {
    if (real === shown) return null;
  } else if (typeof real === "object" && real !== null) {
    for (const [key, value] of Object.entries(shown as object)) {
      const difference = differenceOf(value, (real as Record<string, unknown>)[key], `${path}.${key}`);
      if (difference) return difference;
    }
    return null;
  }
  return `${path}: the page shows ${JSON.stringify(shown)}, it is ${JSON.stringify(real)}`;
}

/** The first line that a page shows and that is not in the output; null when all are, in that order. */
export function missingLine(shown: string, output: string): string | null {
  const lines = output.split(/\r?\n/);
  for (const wanted of shown.split("\n")) {
    const at = lines.findIndex((line) => pattern(wanted, "i").test(line));
    if (at === -1) return wanted;
  }
  return null;
}

function pattern(text: string, flags = ""): RegExp {
  const parts = text.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*")}$`, flags);
}
