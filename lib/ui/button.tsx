import Link from "next/link";
import type { ReactNode } from "react";

const SHAPE =
  "inline-flex h-9 shrink-0 cursor-pointer items-center justify-center gap-2 whitespace-nowrap rounded-lg px-3.5 font-medium text-sm transition-colors disabled:cursor-not-allowed disabled:opacity-50";
const LOOKS = {
  strong: "bg-accent text-accent-ink hover:bg-accent-strong",
  plain: "border border-line bg-card text-ink hover:border-quiet",
  quiet: "text-quiet hover:bg-sunk hover:text-ink",
  danger: "border border-danger/50 bg-card text-danger hover:bg-danger hover:text-page",
} as const;
type Look = keyof typeof LOOKS;

/** Submits the form it stands in; its words say the result ("Create key"). */
export function Button(props: {
  look?: Look;
  name?: string;
  value?: string;
  label?: string;
  disabled?: boolean;
  children: ReactNode;
}) {
  const { look = "strong", label, children, ...rest } = props;
  return (
    <button type="submit" aria-label={label} className={`${SHAPE} ${LOOKS[look]}`} {...rest}>
      {children}
    </button>
  );
}

/** A link that looks like a button; `plainAnchor` for addresses that are no page, such as a download (of that name). */
export function ButtonLink(props: {
  href: string;
  look?: Look;
  plainAnchor?: boolean;
  download?: string;
  label?: string;
  children: ReactNode;
}) {
  const className = `${SHAPE} ${LOOKS[props.look ?? "plain"]}`;
  return props.plainAnchor ? (
    <a href={props.href} download={props.download} aria-label={props.label} className={className}>
      {props.children}
    </a>
  ) : (
    <Link href={props.href} aria-label={props.label} className={className} prefetch={false}>
      {props.children}
    </Link>
  );
}
