import { ChevronRight } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { actOutcome, formToken, signInPage } from "#lib/http";
import { ButtonLink, Card, Empty, Notice, PostForm } from "#lib/ui";
import { firstOf, viewerOfPage } from "../viewer.ts";

export const metadata: Metadata = { title: "Workspaces", robots: { index: false } };
export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Where signing in leads: to the only workspace of most people, to a choice for the others. */
export default async function Workspaces({ searchParams }: Props) {
  const { services, session } = await viewerOfPage();
  if (!session) redirect(signInPage(services.config.publicUrl, { next: "/workspaces" }));
  const { done, all } = await searchParams;
  const workspaces = await services.organizations.ofUser(session.userId);
  const [only] = workspaces;
  const outcome = actOutcome(firstOf(done), "");
  if (workspaces.length === 1 && only && !outcome && !firstOf(all)) {
    const { items } = await services.analytics.requests(session, only.id, { limit: 1 });
    redirect(items.length > 0 ? `/${only.id}` : `/${only.id}/welcome/key`);
  }
  return (
    <div className="mx-auto flex max-w-lg flex-col gap-5 pt-6">
      <h1 className="font-semibold text-2xl tracking-tight">Your workspaces</h1>
      {outcome && <Notice tone="good">{outcome.sentence}</Notice>}
      <Card flush>
        {workspaces.length === 0 ? (
          <Empty
            icon={ChevronRight}
            title="You belong to no workspace"
            action={<ButtonLink href="/onboarding/workspace">Make one</ButtonLink>}
          >
            Make one, or ask somebody for an invitation to theirs.
          </Empty>
        ) : (
          <ul className="-mt-3 divide-y divide-line">
            {workspaces.map((workspace) => (
              <li key={workspace.id}>
                <a
                  href={`/${workspace.id}`}
                  className="flex items-center justify-between gap-4 px-5 py-4 hover:bg-sunk"
                >
                  <span className="min-w-0">
                    <span className="block break-words font-medium text-sm">{workspace.name}</span>
                    <span className="block text-quiet text-xs">
                      You are {workspace.role === "member" ? "a member" : `an ${workspace.role}`}.
                    </span>
                  </span>
                  <ChevronRight size={16} className="shrink-0 text-quiet" aria-hidden />
                </a>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <div className="flex flex-wrap items-center justify-between gap-3 text-quiet text-sm">
        <span className="break-words">{session.email}</span>
        <PostForm action="/api/auth/signout" token={formToken(services, session, "sign-out")}>
          <button type="submit" className="cursor-pointer underline hover:text-ink">
            Sign out
          </button>
        </PostForm>
      </div>
    </div>
  );
}
