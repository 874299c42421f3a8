"use client";

import { useState } from "react";

/** Copies `text`; `what` names it for whoever cannot see where the button stands. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      aria-label={`Copy ${what}`}
      className="shrink-0 cursor-pointer rounded-md border border-line bg-card px-2 py-1 text-quiet text-xs hover:text-ink"
      onClick={async () => {
        await navigator.clipboard.writeText(text);
        setCopied(true);
        setTimeout(() => setCopied(false), 1_500);
      }}
    >
      <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
    </button>
  );
}
