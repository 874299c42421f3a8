import type { ReactNode } from "react";

const TONES = {
  plain: "border-line",
  good: "border-good/50 bg-good/5",
  warn: "border-warn/50 bg-warn/5",
  danger: "border-danger/50 bg-danger/5 text-danger",
} as const;

/** What was done, what is about to happen, or what went wrong, above what it is about. */
export function Notice({ tone = "plain", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <div
      role={tone === "danger" ? "alert" : "status"}
      className={`rounded-lg border bg-card px-4 py-3 text-pretty text-sm leading-6 ${TONES[tone]}`}
    >
      {children}
    </div>
  );
}
