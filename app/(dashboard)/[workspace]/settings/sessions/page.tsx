import { Laptop, Smartphone } from "lucide-react";
import type { Metadata } from "next";
import type { OpenSession } from "#lib/organizations";
import { sliceOf } from "#lib/platform/page";
import { Badge, Button, Card, Moment, Pager, PostForm } from "#lib/ui";
import { type Dashboard, firstOf, openDashboard, type PageProps, withQuery } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";
import { deviceWords, isHandheld } from "../device-words.ts";

export const metadata: Metadata = { title: "Your sessions" };

const PATH = "settings/sessions";

export default async function Sessions({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, act, page, token } = dashboard;
  const cursor = firstOf((await searchParams)["cursor"]);
  const sessions = await services.sessions.listOfUser(viewer);
  const { items, next } = sliceOf(sessions, cursor);
  return (
    <>
      <Flash searchParams={searchParams} />
      <Card
        title={`Where ${viewer.email} is signed in`}
        detail="In all your workspaces. A session ends 30 days after its last use, or when you end it."
        action={
          sessions.length > 1 && (
            <PostForm action={act("end-other-sessions")} token={token} hidden={{ back: page(PATH) }}>
              <Button look="danger">
                {sessions.length === 2 ? "End the other one" : `End the ${sessions.length - 1} others`}
              </Button>
            </PostForm>
          )
        }
        flush
      >
        <ul className="mt-1 divide-y divide-line border-line border-t">
          {items.map((session) => (
            <Session key={session.id} dashboard={dashboard} session={session} />
          ))}
        </ul>
        <Pager
          words={`${items.length} of ${sessions.length} sessions`}
          firstHref={cursor ? page(PATH) : undefined}
          nextHref={next ? withQuery(page(PATH), { cursor: next }) : undefined}
        />
      </Card>
    </>
  );
}

function Session({ dashboard, session }: { dashboard: Dashboard; session: OpenSession }) {
  const { act, page, token, now } = dashboard;
  const device = deviceWords(session.userAgent);
  const Icon = isHandheld(session.userAgent) ? Smartphone : Laptop;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
      <Icon size={18} strokeWidth={1.75} className="text-quiet" aria-hidden />
      <div className="min-w-0 flex-1 basis-40">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          {device} {session.current && <Badge tone="good">this one</Badge>}
        </p>
        <p className="text-quiet text-xs leading-5">
          last used <Moment iso={session.lastUsedAt} now={now} />, signed in{" "}
          <Moment iso={session.createdAt} now={now} />
        </p>
      </div>
      {!session.current && (
        <PostForm action={act("end-session")} token={token} hidden={{ id: session.id, back: page(PATH) }}>
          <Button look="quiet" label={`End the session on ${device}`}>
            End
          </Button>
        </PostForm>
      )}
    </li>
  );
}
