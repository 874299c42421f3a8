import { type ReactNode, useId } from "react";

/** A framed part of a page. `flush` lets a table or list reach its edges. */
export function Card(props: {
  title?: string;
  detail?: ReactNode;
  action?: ReactNode;
  flush?: boolean;
  danger?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section
      aria-labelledby={props.title ? id : undefined}
      className={`min-w-0 rounded-xl border bg-card ${props.danger ? "border-danger/40" : "border-line"}`}
    >
      {props.title && (
        <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 px-4 pt-4 sm:px-5">
          <div className="min-w-0">
            <h2 id={id} className="font-medium text-sm leading-6">
              {props.title}
            </h2>
            {props.detail && <p className="max-w-prose text-pretty text-quiet text-sm leading-5">{props.detail}</p>}
          </div>
          {props.action}
        </header>
      )}
      <div className={props.flush ? "pt-3" : "p-4 sm:p-5"}>{props.children}</div>
    </section>
  );
}
