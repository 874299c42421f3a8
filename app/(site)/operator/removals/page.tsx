import { ShieldCheck } from "lucide-react";
import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { actOutcome, formToken, REMOVAL_DECISIONS, signInPage } from "#lib/http";
import type { DecidedRemoval, RemovalRequest } from "#lib/privacy";
import { canonicalUrl } from "#lib/profiles";
import { Badge, Button, Card, Empty, Moment, Notice, PostForm, TextField } from "#lib/ui";
import { firstOf, viewerOfPage } from "../../viewer.ts";

export const metadata: Metadata = { title: "Who asks not to be shown", robots: { index: false } };
export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const SENTENCES: Readonly<Record<string, string>> = {
  grant: "Granted. They are shown as initials everywhere, and what was stored of them is deleted.",
  refuse: "Refused. Everything stays as it is.",
};

/** The operator's queue. For anybody else there is no such page. */
export default async function Removals({ searchParams }: Props) {
  const { done, error, unmailed } = await searchParams;
  const { services, session } = await viewerOfPage();
  if (!session) redirect(signInPage(services.config.publicUrl, { next: "/operator/removals" }));
  if (!(await services.operators.isOperator(session))) notFound();
  const { removals } = services.privacy;
  const [waiting, decided] = await Promise.all([removals.waiting(), removals.decided()]);
  const token = formToken(services, session, REMOVAL_DECISIONS);
  const problem = actOutcome("", firstOf(error));
  const sentence = SENTENCES[firstOf(done)];
  const now = services.clock.now();
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6 pt-6">
      <header>
        <h1 className="font-semibold text-2xl tracking-tight">Who asks not to be shown</h1>
        <p className="mt-2 max-w-prose text-pretty text-quiet text-sm leading-6">
          Requests from{" "}
          <a className="underline hover:text-ink" href="/remove-my-photo">
            /remove-my-photo
          </a>
          . You see them because you run this installation. Granting holds for all workspaces, at once; whoever asked is
          mailed what you decide.
        </p>
      </header>
      {problem && <Notice tone="danger">{problem.sentence}</Notice>}
      {sentence && (
        <Notice tone={firstOf(unmailed) ? "warn" : "good"}>
          {sentence} {firstOf(unmailed) && "The mail could not be sent: write to them yourself."}
        </Notice>
      )}
      <Card flush title={waiting.length === 0 ? "Waiting" : `${waiting.length} waiting`}>
        {waiting.length === 0 ? (
          <Empty icon={ShieldCheck} title="Nobody waits">
            Requests appear here once their address is confirmed.
          </Empty>
        ) : (
          <ul className="mt-1 divide-y divide-line border-line border-t">
            {waiting.map((request) => (
              <Waiting key={request.id} request={request} token={token} now={now} />
            ))}
          </ul>
        )}
      </Card>
      {decided.length > 0 && (
        <Card flush title="Decided" detail="In the last 30 days; then the request is forgotten.">
          <ul className="mt-3 divide-y divide-line border-line border-t">
            {decided.map((request) => (
              <Decided key={request.id} request={request} now={now} />
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

function Waiting({ request, token, now }: { request: RemovalRequest; token: string; now: number }) {
  const { id, username, email, emailConfirmed, note, createdAt, importsWithEmail, stored } = request;
  return (
    <li className="flex flex-col gap-3 px-4 py-4 sm:px-5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <a
          className="break-all font-medium text-sm underline decoration-line underline-offset-4 hover:decoration-current"
          href={canonicalUrl(username)}
          rel="noreferrer"
          target="_blank"
        >
          {username}
        </a>
        <span className="text-quiet text-xs">
          <Moment iso={createdAt} now={now} />
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <span className="break-all">{email}</span>
        <Badge tone={emailConfirmed ? "good" : "warn"}>{emailConfirmed ? "reads this mailbox" : "not confirmed"}</Badge>
        {importsWithEmail > 0 && (
          <Badge tone="good">
            {importsWithEmail === 1 ? "1 workspace imported" : `${importsWithEmail} workspaces imported`} this person
            with this address
          </Badge>
        )}
        {!stored && <Badge>nothing stored</Badge>}
      </div>
      {note && <p className="max-w-prose whitespace-pre-wrap break-words text-sm leading-6">“{note}”</p>}
      <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
        <PostForm action="/operator/removals/decide" token={token} hidden={{ id, decision: "grant" }}>
          <Button label={`Grant the request for ${username}`}>Grant</Button>
        </PostForm>
        <PostForm
          action="/operator/removals/decide"
          token={token}
          hidden={{ id, decision: "refuse" }}
          className="flex min-w-0 flex-1 basis-72 items-end gap-2"
        >
          <TextField
            label="Reason, which they are mailed"
            name="reason"
            required
            maxLength={500}
            placeholder="This is not your profile."
            className="flex-1"
          />
          <Button look="plain" label={`Refuse the request for ${username}`}>
            Refuse
          </Button>
        </PostForm>
      </div>
    </li>
  );
}

function Decided({ request, now }: { request: DecidedRemoval; now: number }) {
  const { username, status, proof, reason, decidedBy, decidedAt } = request;
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-3 text-sm sm:px-5">
      <Badge tone={status === "granted" ? "good" : "plain"}>{status}</Badge>
      <span className="break-all">{username}</span>
      {reason && <span className="break-words text-quiet">{reason}</span>}
      <span className="ml-auto text-quiet text-xs">
        {proof === "linkedin" ? "signed in with LinkedIn" : (decidedBy ?? "")}, <Moment iso={decidedAt} now={now} />
      </span>
    </li>
  );
}
