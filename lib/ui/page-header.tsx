import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

/** The way here, the page's name, a sentence on what it is for, and its main act. */
export function PageHeader(props: {
  title: string;
  lead?: ReactNode;
  way?: readonly (readonly [href: string, words: string])[];
  actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
      <div className="min-w-0">
        {props.way && (
          <nav aria-label="Breadcrumbs" className="mb-1 flex flex-wrap items-center gap-1 text-quiet text-sm">
            {props.way.map(([href, words]) => (
              <span key={href} className="flex items-center gap-1">
                <Link href={href} prefetch={false} className="hover:text-ink">
                  {words}
                </Link>
                <ChevronRight size={14} aria-hidden />
              </span>
            ))}
          </nav>
        )}
        <h1 className="break-words font-semibold text-2xl tracking-tight">{props.title}</h1>
        {props.lead && <p className="mt-1 max-w-2xl text-pretty text-quiet text-sm leading-6">{props.lead}</p>}
      </div>
      {props.actions && <div className="flex flex-wrap items-center gap-2">{props.actions}</div>}
    </header>
  );
}
