import type { Metadata } from "next";
import { headers } from "next/headers";
import Link from "next/link";
import { notFound } from "next/navigation";
import { readShownOnce } from "#lib/http";
import { isAppError } from "#lib/platform/errors";
import { Button, Card, Confirm, CopyField, Moment, Notice, Pager, PostForm } from "#lib/ui";
import type { WebhookEndpoint } from "#lib/webhooks";
import { type Dashboard, firstOf, openDashboard, type PageProps, withQuery } from "../../../../dashboard.ts";
import { Flash } from "../../../../flash.tsx";
import { EventChoice } from "../event-choice.tsx";
import { shortAddress, WebhookState } from "../webhook-words.tsx";
import { DeliveryLine } from "./delivery-line.tsx";

export const metadata: Metadata = { title: "Webhook" };

const SHOWN = 25;

export default async function WebhookPage({ params, searchParams }: PageProps<{ endpoint: string }>) {
  const { workspace: id, endpoint: endpointId } = await params;
  const dashboard = await openDashboard(id);
  const { services, viewer, workspace, may, act, page, token, now } = dashboard;
  if (!may("admin")) return <Notice>Owners and admins set up webhooks.</Notice>;
  const endpoint = await services.webhooks.get(viewer, workspace.id, endpointId).catch((error: unknown) => {
    if (isAppError(error) && error.code === "webhook_not_found") notFound();
    throw error;
  });
  const path = page(`settings/webhooks/${endpoint.id}`);
  const cursor = firstOf((await searchParams)["cursor"]);
  const { items, next } = await services.webhooks.deliveries.list(viewer, workspace.id, endpoint.id, {
    cursor,
    limit: SHOWN,
  });
  const shown = readShownOnce(new Headers(await headers()), "webhook");
  return (
    <>
      <Flash searchParams={searchParams} />
      {shown?.id === endpoint.id && (
        <Card title="The secret" detail="It signs every request to this address. Copy it now: it is not shown again.">
          <CopyField text={shown.secret} what="the secret" />
        </Card>
      )}
      <About dashboard={dashboard} endpoint={endpoint} path={path} />
      <Card
        title="Deliveries"
        detail="Kept for 30 days. What was not taken is tried again for about a day, ever more rarely."
        action={
          <PostForm action={act("test-webhook")} token={token} hidden={{ id: endpoint.id, back: path }}>
            <Button look="plain">Send a test</Button>
          </PostForm>
        }
        flush
      >
        {items.length === 0 ? (
          <p className="px-4 pb-5 text-quiet text-sm sm:px-5">Nothing was sent yet. A test says only that it is one.</p>
        ) : (
          <ul className="mt-1 divide-y divide-line border-line border-t">
            {items.map((delivery) => (
              <DeliveryLine
                key={delivery.id}
                delivery={delivery}
                off={endpoint.disabledAt !== null}
                now={now}
                replay={
                  <PostForm action={act("replay-delivery")} token={token} hidden={{ id: delivery.id, back: path }}>
                    <Button look="plain">Send again</Button>
                  </PostForm>
                }
              />
            ))}
          </ul>
        )}
        <Pager
          words={`${items.length} deliveries`}
          firstHref={cursor ? path : undefined}
          nextHref={next ? withQuery(path, { cursor: next }) : undefined}
        />
      </Card>
    </>
  );
}

function About({ dashboard, endpoint, path }: { dashboard: Dashboard; endpoint: WebhookEndpoint; path: string }) {
  const { act, page, token, now } = dashboard;
  const hidden = { id: endpoint.id, back: path };
  const name = shortAddress(endpoint.url);
  return (
    <Card
      title={name}
      detail={
        <Link className="underline hover:text-ink" href={page("settings/webhooks")} prefetch={false}>
          All webhooks
        </Link>
      }
      action={<WebhookState endpoint={endpoint} />}
    >
      <div className="flex flex-col gap-5">
        <CopyField text={endpoint.url} what="the address" />
        {endpoint.disabledAt && (
          <Notice tone="warn">
            <p>
              It is off since <Moment iso={endpoint.disabledAt} now={now} />: {endpoint.disabledReason}{" "}
              {endpoint.waiting > 0 && `${endpoint.waiting} deliveries wait for it.`}
            </p>
            <PostForm action={act("enable-webhook")} token={token} hidden={hidden} className="mt-3">
              <Button look="plain">Turn it on</Button>
            </PostForm>
          </Notice>
        )}
        <PostForm action={act("set-webhook-events")} token={token} hidden={hidden} className="flex flex-col gap-3">
          <EventChoice chosen={endpoint.events} />
          <div>
            <Button look="plain">Save events</Button>
          </div>
        </PostForm>
        <div className="flex flex-wrap items-center gap-2 border-line border-t pt-4">
          <Confirm label="Rotate secret" about={`of ${name}`}>
            <p className="text-sm leading-6">
              You get a new secret, shown once. The present one signs too for 24 hours, so that nothing is missed while
              you change it.
            </p>
            <PostForm action={act("rotate-webhook")} token={token} hidden={hidden} className="mt-4">
              <Button>Rotate the secret</Button>
            </PostForm>
          </Confirm>
          {!endpoint.disabledAt && (
            <PostForm action={act("disable-webhook")} token={token} hidden={hidden}>
              <Button look="quiet">Turn off</Button>
            </PostForm>
          )}
          <Confirm label="Delete" about={name}>
            <p className="text-sm leading-6">
              {name} is told of nothing any more.{" "}
              {endpoint.waiting > 0 && `${endpoint.waiting} deliveries that wait for it are gone.`}
            </p>
            <PostForm action={act("delete-webhook")} token={token} hidden={hidden} className="mt-4">
              <Button look="danger">Delete the webhook</Button>
            </PostForm>
          </Confirm>
          {endpoint.previousUntil && Date.parse(endpoint.previousUntil) > now && (
            <span className="text-quiet text-xs">
              The secret before signs too until <Moment iso={endpoint.previousUntil} now={now} />.
            </span>
          )}
        </div>
      </div>
    </Card>
  );
}
