import type { Metadata } from "next";
import { Button, ButtonLink, Card, CopyField, PostForm, TextField } from "#lib/ui";
import { firstOf, openDashboard, type PageProps } from "../../dashboard.ts";
import { Flash } from "../../flash.tsx";

export const metadata: Metadata = { title: "Settings" };

export default async function General({ params, searchParams }: PageProps) {
  const { services, viewer, workspace, may, act, page, token } = await openDashboard((await params).workspace);
  const asking = (await services.operators.isOperator(viewer)) ? await services.privacy.removals.countWaiting() : null;
  const typed = firstOf((await searchParams)["name"]);
  return (
    <>
      <Flash searchParams={searchParams} />
      <Card title="Name" detail="As the switcher, invitations and the consent screen call this workspace.">
        {may("admin") ? (
          <PostForm
            action={act("rename-workspace")}
            token={token}
            hidden={{ back: page("settings") }}
            className="flex max-w-lg items-end gap-3"
          >
            <TextField
              label="Name of the workspace"
              name="name"
              defaultValue={typed ?? workspace.name}
              required
              maxLength={80}
              className="flex-1"
            />
            <Button look="plain">Rename</Button>
          </PostForm>
        ) : (
          <p className="break-words text-sm">{workspace.name}</p>
        )}
      </Card>
      <Card title="Id" detail="What the operator's tool and support call this workspace.">
        <div className="max-w-lg">
          <CopyField text={workspace.id} what="the workspace's id" />
        </div>
      </Card>
      {asking !== null && (
        <Card
          title="This installation"
          detail="You run it, so you decide who must not be shown in any workspace."
          action={<ButtonLink href="/operator/removals">Who asks not to be shown</ButtonLink>}
        >
          <p className="text-sm">
            {asking === 0
              ? "Nobody waits for a decision."
              : `${asking} ${asking === 1 ? "person waits" : "people wait"} for a decision.`}
          </p>
        </Card>
      )}
    </>
  );
}
