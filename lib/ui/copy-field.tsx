import { CopyButton } from "./copy-button.tsx";

/** One line to take along: an address, an id. */
export function CopyField({ text, what, label }: { text: string; what: string; label?: string }) {
  return (
    <div className="min-w-0">
      {label && <p className="mb-1 text-quiet text-xs">{label}</p>}
      <div className="flex min-w-0 items-center gap-2 rounded-lg border border-line bg-sunk py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 flex-1 select-all break-all font-mono text-xs leading-5">{text}</code>
        <CopyButton text={text} what={what} />
      </div>
    </div>
  );
}
