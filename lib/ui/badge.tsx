import type { ReactNode } from "react";

const TONES = {
  plain: "border-line text-quiet",
  good: "border-good/40 bg-good/10 text-good",
  warn: "border-warn/40 bg-warn/10 text-warn",
  danger: "border-danger/40 bg-danger/10 text-danger",
  accent: "border-accent/40 bg-accent/10 text-accent",
} as const;
export type Tone = keyof typeof TONES;

/** A state in a word; the colour only repeats it. */
export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center whitespace-nowrap rounded-full border px-2 py-px font-medium text-xs leading-4 ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
