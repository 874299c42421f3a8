import type { ReactNode } from "react";

/** Rows of a kind. What does not fit scrolls inside the table, never the page. Cells are `<td>`s of the caller. */
export function Table(props: { label: string; heads: readonly (string | { sr: string })[]; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section tabIndex={0} aria-label={props.label} className="relative overflow-x-auto">
      <table className="w-full border-collapse text-left text-sm [&_td]:px-3 [&_td]:py-2.5 [&_td]:align-middle [&_td:first-child]:pl-4 sm:[&_td:first-child]:pl-5 [&_td:last-child]:pr-4 sm:[&_td:last-child]:pr-5 [&_tbody_tr]:border-line [&_tbody_tr]:border-t">
        <thead>
          <tr className="text-quiet text-xs">
            {props.heads.map((head) => (
              <th
                key={typeof head === "string" ? head : head.sr}
                scope="col"
                className="whitespace-nowrap px-3 pb-2 font-medium first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5"
              >
                {typeof head === "string" ? head : <span className="sr-only">{head.sr}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </section>
  );
}
