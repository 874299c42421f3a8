import type { ReactNode } from "react";

/**
 * What stands before a destructive act: the first press opens it, its text says what will happen, and the form inside
 * has the second. A `<details>`, so it needs no script; what lies behind belongs to its summary, so a press there closes it.
 */
export function Confirm(props: { label: string; about: string; children: ReactNode }) {
  return (
    <details data-menu="" className="group inline-block">
      <summary
        aria-label={`${props.label} ${props.about}`}
        className="inline-flex h-8 cursor-pointer list-none items-center whitespace-nowrap rounded-md px-2.5 text-danger text-sm before:z-30 hover:bg-danger/10 group-open:before:fixed group-open:before:inset-0 group-open:before:cursor-default group-open:before:bg-black/40 [&::-webkit-details-marker]:hidden"
      >
        {props.label}…
      </summary>
      <div className="fixed inset-0 z-40 m-auto h-fit max-h-[calc(100dvh-2rem)] w-96 max-w-[calc(100vw-2rem)] overflow-y-auto whitespace-normal rounded-xl border border-line bg-card p-5 text-left text-ink shadow-2xl">
        {props.children}
      </div>
    </details>
  );
}
