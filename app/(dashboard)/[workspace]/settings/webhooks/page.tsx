import { Webhook } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { Button, Card, Empty, Moment, Notice, PostForm, TextField } from "#lib/ui";
import { WEBHOOK_EVENTS } from "#lib/webhooks";
import { firstOf, openDashboard, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";
import { EventChoice } from "./event-choice.tsx";
import { shortAddress, WebhookState } from "./webhook-words.tsx";

export const metadata: Metadata = { title: "Webhooks" };

const PATH = "settings/webhooks";

export default async function Webhooks({ params, searchParams }: PageProps) {
  const { services, viewer, workspace, may, act, page, token, now } = await openDashboard((await params).workspace);
  if (!may("admin")) return <Notice>Owners and admins set up webhooks.</Notice>;
  const endpoints = await services.webhooks.list(viewer, workspace.id);
  const typed = firstOf((await searchParams)["url"]);
  return (
    <>
      <Flash searchParams={searchParams} />
      <Card
        title="Webhooks"
        detail={
          <>
            Programs of yours that are told when something happens, by signed requests.{" "}
            <a className="underline hover:text-ink" href="/docs/webhooks">
              How to take and verify them
            </a>
          </>
        }
        flush
      >
        {endpoints.length === 0 ? (
          <Empty icon={Webhook} title="Nobody is told yet">
            Add the address of a program of yours below; it is told of photos as they are found, and of limits before
            they are reached.
          </Empty>
        ) : (
          <ul className="mt-2 divide-y divide-line border-line border-t">
            {endpoints.map((endpoint) => (
              <li key={endpoint.id}>
                <Link
                  href={page(`${PATH}/${endpoint.id}`)}
                  prefetch={false}
                  className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-sunk sm:px-5"
                >
                  <span className="min-w-0 flex-1 basis-60">
                    <span className="block break-all font-medium text-sm">{shortAddress(endpoint.url)}</span>
                    <span className="block break-words text-quiet text-xs leading-5">{endpoint.events.join(", ")}</span>
                  </span>
                  {endpoint.failingSince && (
                    <span className="text-quiet text-xs">
                      nothing arrived since <Moment iso={endpoint.failingSince} now={now} />
                    </span>
                  )}
                  <WebhookState endpoint={endpoint} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <Card title="Add a webhook" detail="The secret that signs its requests is shown once, on the next page.">
        <PostForm
          action={act("create-webhook")}
          token={token}
          hidden={{ back: page(PATH), nonce: String(now) }}
          className="flex flex-col gap-4"
        >
          <TextField
            label="Address"
            name="url"
            type="url"
            required
            maxLength={2_000}
            placeholder="https://example.com/hooks/avtrz"
            defaultValue={typed ?? ""}
            hint="On the public internet, with https. It answers with a status from 200 to 299 within 15 seconds."
            className="max-w-xl"
          />
          <EventChoice chosen={Object.keys(WEBHOOK_EVENTS)} />
          <div>
            <Button>Add webhook</Button>
          </div>
        </PostForm>
      </Card>
    </>
  );
}
