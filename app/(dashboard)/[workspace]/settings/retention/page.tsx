import type { Metadata } from "next";
import { MIN_KEEP_REQUESTS_DAYS } from "#lib/privacy";
import { Button, Card, PostForm, TextField } from "#lib/ui";
import { firstOf, openDashboard, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";

export const metadata: Metadata = { title: "Retention" };

const PATH = "settings/retention";

export default async function Retention({ params, searchParams }: PageProps) {
  const { services, viewer, workspace, may, act, page, token } = await openDashboard((await params).workspace);
  const { own, keepRequestsDays, keepMissesDays } = await services.privacy.retention.get(viewer, workspace.id);
  const typed = firstOf((await searchParams)["days"]);
  const held = own === null ? keepRequestsDays : Math.min(own, keepRequestsDays);
  return (
    <>
      <Flash searchParams={searchParams} />
      <Card
        title="Requests"
        detail="Who was asked for, when, with which key, and from where. Charts, counts and the activity log stay; they do not say who was asked for."
      >
        {may("owner") ? (
          <PostForm
            action={act("set-retention")}
            token={token}
            hidden={{ back: page(PATH) }}
            className="flex max-w-lg flex-col gap-3"
          >
            <TextField
              label="Days for which they are kept"
              name="days"
              defaultValue={typed ?? (own === null ? "" : String(own))}
              placeholder={String(keepRequestsDays)}
              pattern="[0-9]*"
              maxLength={5}
              hint={`From ${MIN_KEEP_REQUESTS_DAYS} to ${keepRequestsDays}, which is what this installation keeps at most. Empty: as long as it does. What is older is deleted every night.`}
            />
            <div>
              <Button look="plain">Save</Button>
            </div>
          </PostForm>
        ) : (
          <p className="text-sm">They are kept for {held} days.</p>
        )}
      </Card>
      <Card title="People who were not found" detail="Shared by all workspaces; set by whoever runs this installation.">
        <p className="text-sm">
          That somebody was looked up and not found is kept for {keepMissesDays} days, unless they are asked for again.
        </p>
      </Card>
    </>
  );
}
