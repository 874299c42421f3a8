import type { Initials } from "./initials-of.ts";

/** Where the letters stand. `fontSize` is in hundredths of the tile; `rise` is in em, see {@link layoutOf}. */
export type Layout = { readonly fontSize: number; readonly rise: number };

type Metrics = { readonly one: number; readonly two: number; readonly rise: number };

/** Sizes at which the scripts look alike large, and the middle of their letters above the baseline (Noto Sans). */
const METRICS: Record<Initials["group"], Metrics> = {
  alphabet: { one: 48, two: 40, rise: 0.357 },
  hebrew: { one: 54, two: 47, rise: 0.3 },
  indic: { one: 54, two: 43, rise: 0.32 },
  ideograph: { one: 50, two: 50, rise: 0.376 },
  arabic: { one: 52, two: 52, rise: 0.1 },
  southeast: { one: 58, two: 58, rise: 0.28 },
  emoji: { one: 50, two: 50, rise: 0.34 },
};

/** Arabic letters reach so differently far below the line that one height cannot serve them all. */
const ARABIC_RISES: readonly (readonly [letters: string, rise: number])[] = [
  ["أ", 0.48],
  ["اآطظكکگڈ", 0.38],
  ["ذةثفٹ", 0.34],
  ["دهھہتےلژڑ", 0.25],
  ["شضقؤزغ", 0.2],
  ["إءنخ", 0.16],
  ["بسصویىئوحجعچپ", 0.08],
  ["مي", 0.01],
];

const ABOVE = /[\u0900-\u0903\u093F\u0940\u0945-\u094C]/;
const BELOW = /[\u0941-\u0944\u0962\u0963]/;
/** Advance widths in em, to keep wide pairs inside the circle that most interfaces crop to. */
const INDIC_LETTER = 0.82;
const INDIC_SPACING_MARK = 0.27;
const MAX_WIDTH = 74;

function indicLayout(text: string, metrics: Metrics): Layout {
  const letters = text.match(/\p{Lo}/gu)?.length ?? 1;
  const marks = text.match(/\p{Mc}/gu)?.length ?? 0;
  const fitting = MAX_WIDTH / (letters * INDIC_LETTER + marks * INDIC_SPACING_MARK);
  const rise = metrics.rise + ((ABOVE.test(text) ? 13 : 0) - (BELOW.test(text) ? 13 : 0)) / 100;
  return { fontSize: Math.floor(Math.min(letters > 1 ? metrics.two : metrics.one, fitting)), rise };
}

/**
 * How large initials are drawn, and how far above the baseline the middle of their ink lies: the baseline goes that
 * much below the middle of the tile. Both drawings go by it, the one of text and the one of outlines.
 */
export function layoutOf({ text, group }: Initials): Layout {
  const metrics = METRICS[group];
  if (group === "indic") return indicLayout(text, metrics);
  if (group === "arabic") {
    const rise = ARABIC_RISES.find(([letters]) => letters.includes(text))?.[1] ?? metrics.rise;
    return { fontSize: metrics.one, rise };
  }
  return { fontSize: isPair(text) ? metrics.two : metrics.one, rise: metrics.rise };
}

/** Two letters, or one with marks? Marks do not stand by themselves. */
function isPair(text: string): boolean {
  return text.length > 1 && (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) > 1;
}
