import type { Metadata } from "next";
import { Button, Card, FileField, Notice, PageHeader, PostForm } from "#lib/ui";
import { firstOf, openDashboard, type PageProps } from "../../../dashboard.ts";
import { Flash } from "../../../flash.tsx";
import { Steps } from "../imports/steps.tsx";
import { Earlier } from "./earlier.tsx";

export const metadata: Metadata = { title: "Import people" };

const KINDS = [
  [
    "Connections.csv",
    "Names, headlines, companies and addresses of everybody you are connected with on LinkedIn. It is taken as it is.",
  ],
  [
    "Contacts of HubSpot or Salesforce, or any other CSV",
    "One column holds LinkedIn addresses or usernames. What the others hold is guessed, and you look it over before anything is imported.",
  ],
  ["A vCard file (.vcf)", "Cards that name a LinkedIn profile, with the photos inside them."],
  [
    "A .zip of photos",
    "Each file is named by its person’s LinkedIn username, as janedoe.jpg, or listed in a CSV beside them with a column file. JPEG, PNG, WebP, AVIF and GIF are taken.",
  ],
] as const;

const LINKEDIN_STEPS = [
  {
    words: "Ask LinkedIn for your data",
    detail: (
      <>
        Open{" "}
        <a
          className="text-accent underline underline-offset-2 hover:text-accent-strong"
          href="https://www.linkedin.com/mypreferences/d/download-my-data"
          rel="noreferrer"
          target="_blank"
        >
          Get a copy of your data
        </a>{" "}
        (Settings, Data privacy).
      </>
    ),
  },
  {
    words: "Tick Connections, and request the archive",
    detail: "It is under “Want something in particular?”. Nothing else needs to be in it.",
  },
  {
    words: "Take Connections.csv out of what you are sent",
    detail: "LinkedIn mails you a link, usually within ten minutes. Unpack the archive, and choose the file here.",
  },
];

export default async function ImportPeople({ params, searchParams }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { upload, page, token, may, workspace } = dashboard;
  return (
    <>
      <PageHeader
        title="Import people"
        way={[[page("people"), "People"]]}
        lead={`What you import belongs to ${workspace.name}: no other workspace sees it.`}
      />
      <Steps at={0} />
      <Flash searchParams={searchParams} />
      <Card
        title="Choose a file"
        detail="A LinkedIn Connections.csv, contacts of HubSpot, Salesforce or any CSV, a vCard file, or a .zip of photos; at most 64 MB."
      >
        {may("admin") ? (
          <PostForm
            action={upload("people", page("people/import"))}
            token={token}
            files
            className="flex flex-col items-start gap-4"
          >
            <FileField
              label="File"
              name="file"
              accept=".csv,.vcf,.zip,text/csv,text/vcard,application/zip"
              required
              className="w-full"
              hint="Importing the same again changes nothing. A row that cannot be used is reported, and the others are taken."
            />
            <Button>Upload this file</Button>
          </PostForm>
        ) : (
          <Notice>Owners and admins import people. Ask one of them to do it, or to make you an admin.</Notice>
        )}
      </Card>
      <div className="grid gap-6 lg:grid-cols-2">
        <Card title="How to get Connections.csv from LinkedIn">
          <ol className="flex flex-col gap-4">
            {LINKEDIN_STEPS.map((step, index) => (
              <li key={step.words} className="flex gap-3">
                <span
                  aria-hidden
                  className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunk font-medium text-xs tabular-nums"
                >
                  {index + 1}
                </span>
                <div className="text-sm leading-6">
                  <p className="font-medium">{step.words}</p>
                  <p className="text-pretty text-quiet">{step.detail}</p>
                </div>
              </li>
            ))}
          </ol>
        </Card>
        <Card title="What a file can be">
          <dl className="flex flex-col gap-4 text-sm leading-6">
            {KINDS.map(([name, brings]) => (
              <div key={name}>
                <dt className="font-medium">{name}</dt>
                <dd className="text-pretty text-quiet">{brings}</dd>
              </div>
            ))}
          </dl>
        </Card>
      </div>
      <Earlier dashboard={dashboard} cursor={firstOf((await searchParams)["cursor"])} />
    </>
  );
}
