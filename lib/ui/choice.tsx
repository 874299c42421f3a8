import type { ReactNode } from "react";

type Option = { value: string; words: string; detail: ReactNode };

/** One of few, each with what it means beneath it. */
export function Choice(props: { legend: string; name: string; chosen: string; options: readonly Option[] }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 font-medium text-sm">{props.legend}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {props.options.map(({ value, words, detail }) => (
          <label
            key={value}
            className="flex cursor-pointer items-start gap-3 rounded-lg border border-line p-3 hover:border-quiet has-checked:border-accent has-checked:bg-accent/5"
          >
            <input
              type="radio"
              name={props.name}
              value={value}
              defaultChecked={value === props.chosen}
              className="mt-1 accent-(--accent)"
            />
            <span className="min-w-0">
              <span className="block font-medium text-sm">{words}</span>
              <span className="block text-pretty text-quiet text-xs leading-5">{detail}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
