import type { Metadata } from "next";
import type { WorkspaceCounts } from "#lib/organizations";
import { Button, ButtonLink, Card, Confirm, Notice, PostForm, TextField } from "#lib/ui";
import { type Dashboard, openDashboard, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";

export const metadata: Metadata = { title: "Danger zone" };

const NUMBER = new Intl.NumberFormat("en");
const PATH = "settings/danger";

export default async function Danger({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, may } = dashboard;
  const [members, counts] = await Promise.all([
    services.members.list(viewer, workspace.id),
    may("owner") ? services.workspaces.countAll(viewer, workspace.id) : null,
  ]);
  const lastOwner = workspace.role === "owner" && members.filter(({ role }) => role === "owner").length === 1;
  return (
    <>
      <Flash searchParams={searchParams} />
      <Leave dashboard={dashboard} lastOwner={lastOwner} />
      {counts ? (
        <Delete dashboard={dashboard} counts={counts} />
      ) : (
        <Notice>Owners can delete the workspace here.</Notice>
      )}
    </>
  );
}

function Leave({ dashboard, lastOwner }: { dashboard: Dashboard; lastOwner: boolean }) {
  const { viewer, workspace, act, page, token } = dashboard;
  return (
    <Card
      title={`Leave ${workspace.name}`}
      detail="You lose access at once, and the AI clients you connected here with it. Keys stay: they belong to the workspace."
      danger
    >
      {lastOwner ? (
        <div className="flex flex-wrap items-center gap-3 text-sm">
          <p className="min-w-0 flex-1 basis-60 text-pretty">
            You are its last owner, so you cannot leave. Make somebody else an owner first, or delete the workspace.
          </p>
          <ButtonLink href={page("members")}>Members</ButtonLink>
        </div>
      ) : (
        <Confirm label="Leave" about={workspace.name}>
          <p className="text-pretty text-sm leading-6">To come back you need an invitation.</p>
          <PostForm
            action={act("remove-member")}
            token={token}
            hidden={{ id: viewer.userId, back: page(PATH) }}
            className="mt-3"
          >
            <Button look="danger">Leave {workspace.name}</Button>
          </PostForm>
        </Confirm>
      )}
    </Card>
  );
}

const COUNTED: readonly [keyof WorkspaceCounts, one: string, many: string][] = [
  ["members", "member loses access", "members lose access"],
  ["keys", "API key ends within a second", "API keys end within a second"],
  ["connections", "AI client is disconnected", "AI clients are disconnected"],
  ["people", "person it imported or looked up is forgotten", "people it imported or looked up are forgotten"],
  ["personas", "persona is deleted with its writings", "personas are deleted with their writings"],
  ["requests", "request is no longer in any chart", "requests are no longer in any chart"],
];

function Delete({ dashboard, counts }: { dashboard: Dashboard; counts: WorkspaceCounts }) {
  const { workspace, act, page, token } = dashboard;
  return (
    <Card title={`Delete ${workspace.name}`} detail="For good: there is no way back and no copy is kept." danger>
      <ul className="mb-5 list-disc pl-5 text-sm leading-6">
        {COUNTED.filter(([what]) => counts[what] > 0).map(([what, one, many]) => (
          <li key={what}>
            <span className="font-medium tabular-nums">{NUMBER.format(counts[what])}</span>{" "}
            {counts[what] === 1 ? one : many}
          </li>
        ))}
      </ul>
      <PostForm
        action={act("delete-workspace")}
        token={token}
        hidden={{ back: page(PATH) }}
        className="grid max-w-lg gap-3"
      >
        <TextField label={`Type “${workspace.name}” to confirm`} name="typed" required />
        <div>
          <Button look="danger">Delete {workspace.name}</Button>
        </div>
      </PostForm>
    </Card>
  );
}
