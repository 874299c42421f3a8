import { CopyButton } from "./copy-button.tsx";

/**
 * Text for a terminal or an editor, with a button that copies it. `shown` may mask what `code` holds; `title` says what it
 * is for, above it.
 */
export function CodeBlock(props: { code: string; shown?: string; what: string; title?: string }) {
  const { code, shown = code, what, title } = props;
  return (
    <div className="relative rounded-lg border border-line bg-sunk">
      {title && (
        <div className="flex min-h-10 items-center border-line border-b pr-20 pl-4 font-medium text-xs">{title}</div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-label={what} className={`overflow-x-auto p-4 ${title ? "" : "pr-20"}`}>
        <pre className="font-mono text-xs leading-5">
          <code>{shown}</code>
        </pre>
      </section>
      <div className="absolute top-2 right-2">
        <CopyButton text={code} what={what} />
      </div>
    </div>
  );
}
