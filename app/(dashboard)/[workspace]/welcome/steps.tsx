import Link from "next/link";
import type { ReactNode } from "react";
import { PageHeader } from "#lib/ui";
import type { Dashboard } from "../../dashboard.ts";

const STEPS = [
  ["key", "Your key"],
  ["request", "Your first face"],
] as const;

/** The frame of a step: where one is, and the way out of it, which is always there. */
export function Step(props: {
  dashboard: Dashboard;
  at: "key" | "request";
  title: string;
  lead: string;
  children: ReactNode;
}) {
  const { dashboard, at } = props;
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-6">
      <nav aria-label="Steps" className="flex flex-wrap items-center justify-between gap-3 text-sm">
        <ol className="flex gap-4">
          {STEPS.map(([step, words], index) => (
            <li key={step}>
              <Link
                href={dashboard.page(`welcome/${step}`)}
                prefetch={false}
                aria-current={step === at ? "step" : undefined}
                className="text-quiet hover:text-ink aria-[current=step]:font-medium aria-[current=step]:text-ink"
              >
                {index + 1}. {words}
              </Link>
            </li>
          ))}
        </ol>
        <Link href={dashboard.page()} prefetch={false} className="text-quiet hover:text-ink">
          Skip to the overview
        </Link>
      </nav>
      <PageHeader title={props.title} lead={props.lead} />
      {props.children}
    </div>
  );
}
