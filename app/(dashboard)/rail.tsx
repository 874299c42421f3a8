import { Check, ChevronsUpDown, LogOut, Menu as MenuIcon, Plus } from "lucide-react";
import Link from "next/link";
import { formToken } from "#lib/http";
import { Menu, Meter, PostForm } from "#lib/ui";
import type { Dashboard } from "./dashboard.ts";
import { NavLink } from "./nav-link.tsx";
import { DOCS, PAGES } from "./pages.ts";
import { Palette } from "./palette.tsx";

/** The way through a workspace: on a phone a bar whose menu opens, else a column that stays. */
export async function Rail({ dashboard }: { dashboard: Dashboard }) {
  return (
    <>
      <noscript>
        <style>{"[data-palette] { display: none }"}</style>
      </noscript>
      <Palette
        workspaceId={dashboard.workspace.id}
        pages={[
          ...PAGES.map(({ path, words }) => ({ kind: "page", words, detail: "Page", href: dashboard.page(path) })),
          { kind: "docs", words: DOCS.words, detail: "Docs", href: DOCS.href },
        ]}
      />
      <header className="sticky top-0 z-20 border-line border-b bg-card lg:hidden">
        <details data-menu="" className="group">
          <summary
            aria-label={`${dashboard.workspace.name}: Menu`}
            className="flex h-14 cursor-pointer list-none items-center justify-between gap-3 px-4 [&::-webkit-details-marker]:hidden"
          >
            <span className="flex min-w-0 items-center gap-2.5 font-medium text-sm">
              <Mark />
              <span className="truncate">{dashboard.workspace.name}</span>
            </span>
            <MenuIcon size={20} aria-hidden />
          </summary>
          <div className="max-h-[calc(100dvh-3.5rem)] overflow-y-auto border-line border-t p-3">
            <Contents dashboard={dashboard} />
          </div>
        </details>
      </header>
      <aside
        aria-label="Sidebar"
        className="sticky top-0 hidden h-dvh w-60 shrink-0 flex-col overflow-y-auto border-line border-r bg-card p-3 lg:flex"
      >
        <Contents dashboard={dashboard} />
      </aside>
    </>
  );
}

async function Contents({ dashboard }: { dashboard: Dashboard }) {
  const { services, viewer, page } = dashboard;
  const [usage] = dashboard.usage;
  return (
    <div className="flex min-h-full flex-1 flex-col gap-4">
      <WorkspaceSwitcher dashboard={dashboard} />
      <button
        type="button"
        data-palette=""
        className="flex h-9 w-full shrink-0 cursor-pointer items-center justify-between gap-2 rounded-lg border border-line bg-page px-2.5 text-quiet text-sm hover:border-quiet"
      >
        Search
        <kbd className="rounded border border-line px-1.5 font-sans text-xs">⌘K</kbd>
      </button>
      <nav aria-label="Workspace" className="flex flex-col gap-3">
        {([1, 2, 3] as const).map((group) => (
          <ul key={group} className="flex flex-col gap-0.5">
            {PAGES.filter((one) => one.group === group).map(({ path, words, icon: Icon }) => (
              <li key={path}>
                <NavLink href={page(path)} exact={path === ""}>
                  <Icon size={16} strokeWidth={1.75} aria-hidden />
                  {words}
                </NavLink>
              </li>
            ))}
            {group === 3 && (
              <li>
                <NavLink href={DOCS.href}>
                  <DOCS.icon size={16} strokeWidth={1.75} aria-hidden />
                  {DOCS.words}
                </NavLink>
              </li>
            )}
          </ul>
        ))}
      </nav>
      <div className="mt-auto flex flex-col gap-3 border-line border-t pt-3">
        {usage && (
          <Link href={page("usage")} prefetch={false} className="block rounded-lg p-2 hover:bg-sunk">
            <Meter label="Requests this month" used={usage.used} limit={usage.limit} />
          </Link>
        )}
        <div className="flex items-center justify-between gap-2 px-2 text-xs">
          <span className="min-w-0 truncate text-quiet" title={viewer.email}>
            {viewer.email}
          </span>
          <PostForm action="/api/auth/signout" token={formToken(services, viewer, "sign-out")}>
            <button
              type="submit"
              aria-label="Sign out"
              title="Sign out"
              className="flex size-8 cursor-pointer items-center justify-center rounded-md text-quiet hover:bg-sunk hover:text-ink"
            >
              <LogOut size={15} aria-hidden />
            </button>
          </PostForm>
        </div>
      </div>
    </div>
  );
}

function WorkspaceSwitcher({ dashboard: { workspaces, workspace } }: { dashboard: Dashboard }) {
  const line = "flex min-h-9 items-center gap-2 rounded-lg px-2.5 py-1.5 text-sm hover:bg-sunk";
  return (
    <Menu
      about={`Workspace ${workspace.name}; switch`}
      className="flex h-11 items-center justify-between gap-2 px-2"
      label={
        <>
          <span className="flex min-w-0 items-center gap-2.5 font-medium text-sm">
            <Mark />
            <span className="truncate">{workspace.name}</span>
          </span>
          <ChevronsUpDown size={15} className="shrink-0 text-quiet" aria-hidden />
        </>
      }
    >
      <ul className="max-h-72 overflow-y-auto">
        {workspaces.map((one) => (
          <li key={one.id}>
            <a href={`/${one.id}`} className={line} aria-current={one.id === workspace.id ? "true" : undefined}>
              <span className="min-w-0 flex-1 break-words">{one.name}</span>
              {one.id === workspace.id && <Check size={15} aria-hidden />}
            </a>
          </li>
        ))}
      </ul>
      <a href="/onboarding/workspace" className={`${line} mt-1 border-line border-t text-quiet`}>
        <Plus size={15} aria-hidden /> New workspace
      </a>
    </Menu>
  );
}

function Mark() {
  // biome-ignore lint/performance/noImgElement: a static 32 px file; there is nothing to optimize
  return <img src="/icon.svg" alt="" width={26} height={26} className="shrink-0" />;
}
