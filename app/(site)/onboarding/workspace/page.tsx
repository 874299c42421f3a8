import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { actOutcome, formToken, NEW_WORKSPACE, signInPage } from "#lib/http";
import { Button, Notice, PostForm, TextField } from "#lib/ui";
import { firstOf, viewerOfPage } from "../../viewer.ts";

export const metadata: Metadata = { title: "New workspace", robots: { index: false } };
export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function NewWorkspace({ searchParams }: Props) {
  const { services, session } = await viewerOfPage();
  if (!session) redirect(signInPage(services.config.publicUrl, { next: "/onboarding/workspace" }));
  const refused = actOutcome("", firstOf((await searchParams)["error"]) ?? "");
  return (
    <div className="mx-auto flex max-w-md flex-col gap-5 pt-6">
      <h1 className="font-semibold text-2xl tracking-tight">A new workspace</h1>
      <p className="text-pretty text-quiet text-sm leading-6">
        A workspace has people, keys, members and limits of its own. What one imports, no other sees.
      </p>
      {refused && <Notice tone="danger">{refused.sentence}</Notice>}
      <PostForm
        action="/workspaces/create"
        token={formToken(services, session, NEW_WORKSPACE)}
        className="flex flex-col gap-4"
      >
        <TextField label="Name" name="name" required maxLength={80} placeholder="Harbour & Vale" />
        <div className="flex items-center gap-4">
          <Button>Create workspace</Button>
          <a href="/workspaces?all=1" className="text-quiet text-sm hover:text-ink">
            Not now
          </a>
        </div>
      </PostForm>
    </div>
  );
}
