import type { ReactNode } from "react";
import { PageHeader } from "#lib/ui";
import { openDashboard } from "../../dashboard.ts";
import { NavLink } from "../../nav-link.tsx";

/** What whoever runs the installation finds elsewhere; nobody else is shown it. */
const OPERATORS_PAGES = [
  ["/operator/providers", "Providers"],
  ["/operator/removals", "Removal requests"],
] as const;

/** The sections of the settings, as their links name them. */
const SECTIONS = [
  ["settings", "General"],
  ["settings/webhooks", "Webhooks"],
  ["settings/retention", "Retention"],
  ["settings/sessions", "Your sessions"],
  ["settings/danger", "Danger zone"],
] as const;

export default async function SettingsLayout(props: { children: ReactNode; params: Promise<{ workspace: string }> }) {
  const { page, services, viewer } = await openDashboard((await props.params).workspace);
  const isOperator = await services.operators.isOperator(viewer);
  return (
    <>
      <PageHeader title="Settings" />
      <div className="grid items-start gap-6 lg:grid-cols-[11rem_minmax(0,1fr)]">
        <nav aria-label="Settings" className="min-w-0 overflow-x-auto">
          <ul className="flex gap-0.5 lg:flex-col">
            {SECTIONS.map(([path, words]) => (
              <li key={path} className="whitespace-nowrap">
                <NavLink href={page(path)} exact={path !== "settings/webhooks"}>
                  {words}
                </NavLink>
              </li>
            ))}
            {isOperator &&
              OPERATORS_PAGES.map(([href, words]) => (
                <li key={href} className="whitespace-nowrap">
                  <NavLink href={href}>{words}</NavLink>
                </li>
              ))}
          </ul>
        </nav>
        <div className="flex min-w-0 flex-col gap-6">{props.children}</div>
      </div>
    </>
  );
}
