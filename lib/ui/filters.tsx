import type { ReactNode } from "react";
import { Button, ButtonLink } from "./button.tsx";
import { CONTROL } from "./field.tsx";

/** Filters of a list: a form that puts them in the address. `clearHref` is there when any is set. */
export function Filters(props: { clearHref?: string | undefined; children: ReactNode; download?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <search className="min-w-0 max-w-full">
        <form method="get" className="flex min-w-0 flex-wrap items-center gap-2">
          {props.children}
          <Button look="plain">Filter</Button>
          {props.clearHref && (
            <ButtonLink look="quiet" href={props.clearHref}>
              Clear
            </ButtonLink>
          )}
        </form>
      </search>
      {props.download}
    </div>
  );
}

/** One choice among few; the first words stand for all. */
export function FilterSelect(props: {
  name: string;
  label: string;
  value: string | undefined;
  options: readonly (readonly [value: string, words: string])[];
}) {
  return (
    <select
      name={props.name}
      aria-label={props.label}
      defaultValue={props.value ?? ""}
      className={`${CONTROL} max-w-full`}
    >
      {props.options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}
