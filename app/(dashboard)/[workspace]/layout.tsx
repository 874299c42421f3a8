import type { Metadata } from "next";
import type { ReactNode } from "react";
import { openDashboard } from "../dashboard.ts";
import { Rail } from "../rail.tsx";
import { UsageBanner } from "../usage-banner.tsx";

export const dynamic = "force-dynamic";
export const metadata: Metadata = { robots: { index: false } };

export default async function WorkspaceLayout(props: { children: ReactNode; params: Promise<{ workspace: string }> }) {
  const dashboard = await openDashboard((await props.params).workspace);
  return (
    <div className="lg:flex">
      <a
        href="#content"
        className="absolute -top-20 left-4 z-40 rounded-lg bg-accent px-4 py-2 text-accent-ink focus:top-2"
      >
        Skip to the content
      </a>
      <Rail dashboard={dashboard} />
      <main id="content" className="min-w-0 flex-1 px-4 py-6 sm:px-8 sm:py-8">
        <div className="mx-auto flex max-w-5xl flex-col gap-6">
          <UsageBanner dashboard={dashboard} />
          {props.children}
        </div>
      </main>
    </div>
  );
}
