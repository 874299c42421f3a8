import { ButtonLink } from "./button.tsx";

/** Beneath a list that goes on; `firstHref` leads back to its beginning. */
export function Pager(props: { firstHref?: string | undefined; nextHref?: string | undefined; words: string }) {
  if (!props.firstHref && !props.nextHref) return null;
  return (
    <nav
      aria-label="Pages"
      className="flex flex-wrap items-center justify-between gap-2 border-line border-t px-4 py-3"
    >
      <span className="text-quiet text-sm">{props.words}</span>
      <span className="flex gap-2">
        {props.firstHref && <ButtonLink href={props.firstHref}>Back to the first</ButtonLink>}
        {props.nextHref && <ButtonLink href={props.nextHref}>Next</ButtonLink>}
      </span>
    </nav>
  );
}
