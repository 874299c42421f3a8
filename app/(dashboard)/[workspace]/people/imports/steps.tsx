import { Check } from "lucide-react";

const STEPS = ["Choose a file", "Look over its columns", "Import", "Report"] as const;

/** How far an import is: `at` is the step that is under way, from 0; past the last one everything is done. */
export function Steps({ at }: { at: number }) {
  return (
    <ol aria-label="Steps of an import" className="flex flex-wrap gap-x-5 gap-y-2 text-sm">
      {STEPS.map((words, step) => (
        <li
          key={words}
          aria-current={step === at ? "step" : undefined}
          className={`flex items-center gap-2 ${step === at ? "font-medium" : "text-quiet"}`}
        >
          <span
            aria-hidden
            className={`flex size-6 shrink-0 items-center justify-center rounded-full text-xs tabular-nums ${step === at ? "bg-accent text-accent-ink" : "bg-sunk"}`}
          >
            {step < at ? <Check size={13} /> : step + 1}
          </span>
          {words}
          {step < at && <span className="sr-only">(done)</span>}
        </li>
      ))}
    </ol>
  );
}
