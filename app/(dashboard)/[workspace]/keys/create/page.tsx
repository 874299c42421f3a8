import type { Metadata } from "next";
import { newId } from "#lib/platform/ids";
import { Button, ButtonLink, Card, Choice, Notice, PageHeader, PostForm, TextArea, TextField } from "#lib/ui";
import { firstOf, openDashboard, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";

export const metadata: Metadata = { title: "Create an API key" };

export default async function CreateKey({ params, searchParams }: PageProps) {
  const { may, act, page, token, now } = await openDashboard((await params).workspace);
  const { name, type, domains } = await searchParams;
  return (
    <>
      <PageHeader title="Create an API key" way={[[page("keys"), "API keys"]]} />
      <Flash searchParams={searchParams} />
      {may("admin") ? (
        <Card>
          <PostForm
            action={act("create-key")}
            token={token}
            hidden={{ id: newId("key", now), back: page("keys/create") }}
            className="group grid max-w-2xl gap-5"
          >
            <TextField
              label="Name"
              name="name"
              defaultValue={firstOf(name) ?? ""}
              placeholder="Website"
              hint="Where the key is used; lists and the activity log call it so."
              required
              maxLength={80}
            />
            <Choice
              legend="Type"
              name="type"
              chosen={firstOf(type) === "secret" ? "secret" : "publishable"}
              options={[
                {
                  value: "publishable",
                  words: "Publishable",
                  detail: "For <img> tags, pages and apps. Anybody may see it: it can only fetch faces.",
                },
                {
                  value: "secret",
                  words: "Secret",
                  detail: "For servers. It reads facts and usage too, is shown once, and is refused in addresses.",
                },
              ]}
            />
            <div className="group-has-[[value=secret]:checked]:hidden">
              <TextArea
                label="Allowed domains (optional)"
                name="domains"
                defaultValue={firstOf(domains) ?? ""}
                placeholder={"app.example.com\n*.example.com"}
                hint="One a line. Then the key works on pages of these sites only; without any it works everywhere."
              />
            </div>
            <div className="flex gap-2">
              <Button>Create key</Button>
              <ButtonLink href={page("keys")} look="quiet">
                Cancel
              </ButtonLink>
            </div>
          </PostForm>
        </Card>
      ) : (
        <Notice>Owners and admins of this workspace make its keys. Ask one of them.</Notice>
      )}
    </>
  );
}
