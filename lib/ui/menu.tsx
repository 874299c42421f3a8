import type { ReactNode } from "react";

/** A list that opens below its label; it closes when the label is pressed again. */
export function Menu(props: { label: ReactNode; about: string; children: ReactNode; className?: string }) {
  return (
    <details className="group relative" data-menu="">
      <summary
        aria-label={props.about}
        className={`cursor-pointer list-none rounded-lg hover:bg-sunk group-open:bg-sunk [&::-webkit-details-marker]:hidden ${props.className ?? ""}`}
      >
        {props.label}
      </summary>
      <div className="absolute top-full left-0 z-30 mt-1 w-64 max-w-[calc(100vw-2rem)] rounded-xl border border-line bg-card p-1.5 shadow-lg">
        {props.children}
      </div>
    </details>
  );
}
