import { PlugZap } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound, redirect } from "next/navigation";
import type { ProviderStatus } from "#lib/enrichment";
import { actOutcome, formToken, PROVIDER_TRIALS, signInPage } from "#lib/http";
import { Badge, Button, Card, Empty, Meter, Moment, Notice, PostForm, TextField } from "#lib/ui";
import { firstOf, viewerOfPage } from "../../viewer.ts";
import { OUTCOME_WORDS, standingOf } from "./provider-words.ts";

export const metadata: Metadata = { title: "Providers", robots: { index: false } };
export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };
type Asked = { name: string; title: string; tells: { photo: boolean; facts: boolean }; organizationBound: boolean };

/**
 * The providers of this installation, for who runs it: their budgets are the operator's money, and which there are is no
 * business of any one workspace. For anybody else there is no such page.
 */
export default async function Providers({ searchParams }: Props) {
  const parameters = await searchParams;
  const { services, session } = await viewerOfPage();
  if (!session) redirect(signInPage(services.config.publicUrl, { next: "/operator/providers" }));
  if (!(await services.operators.isOperator(session))) notFound();
  const { providers, states } = services.enrichment;
  const list = await states.list(providers.map(({ name }) => name));
  const now = services.clock.now();
  const token = formToken(services, session, PROVIDER_TRIALS);
  const problem = actOutcome("", firstOf(parameters["error"]));
  const tried = firstOf(parameters["tried"]);
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-6 pt-6">
      <header>
        <h1 className="font-semibold text-2xl tracking-tight">Providers</h1>
        <p className="mt-2 max-w-prose text-pretty text-quiet text-sm leading-6">
          Whom this installation asks for photos and facts, first to last, each only for what those before it did not
          tell. You see them because you run it. They are set up by{" "}
          <Link className="underline hover:text-ink" href="/docs/providers" prefetch={false}>
            the environment
          </Link>
          : credentials, order, budgets.
        </p>
      </header>
      {problem && <Notice tone="danger">{problem.sentence}</Notice>}
      {providers.length === 0 ? (
        <Card title="None yet">
          <Empty icon={PlugZap} title="No provider has credentials">
            Imported people have photos all the same. Two providers cost nothing: Gravatar and GitHub.
          </Empty>
        </Card>
      ) : (
        <ol className="flex flex-col gap-4">
          {providers.map((provider, at) => {
            const status = list.find((one) => one.provider === provider.name);
            return (
              <li key={provider.name}>
                <Card title={`${at + 1}. ${provider.title}`} detail={whatItTells(provider)}>
                  <div className="flex flex-col gap-4">
                    {status && <Standing status={status} now={now} />}
                    {tried === provider.name && !problem && <Tried parameters={parameters} />}
                    <Try provider={provider} token={token} />
                  </div>
                </Card>
              </li>
            );
          })}
        </ol>
      )}
    </div>
  );
}

function whatItTells({ tells, organizationBound }: Asked): string {
  const what = tells.photo && tells.facts ? "Photos and facts" : tells.photo ? "Photos" : "Facts, no photos";
  return organizationBound ? `${what}, by imported e-mail addresses, for that workspace alone.` : `${what}.`;
}

function Standing({ status, now }: { status: ProviderStatus; now: number }) {
  const { tone, words, detail } = standingOf(status);
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm leading-6">
        <Badge tone={tone}>{words}</Badge>
        {status.pausedUntil && (
          <span className="text-quiet">
            asked again <Moment iso={status.pausedUntil} now={now} />
          </span>
        )}
        {status.lastAskedAt && (
          <span className="text-quiet">
            last asked <Moment iso={status.lastAskedAt} now={now} />
          </span>
        )}
        <span className="text-quiet tabular-nums">
          {status.underWay} of {status.concurrency ?? "any number"} look-ups under way
        </span>
      </div>
      {detail && <p className="text-pretty text-sm leading-6">{detail}</p>}
      <Meter label="Budget this month" used={status.callsThisMonth} limit={status.monthlyBudget} />
      {status.recentErrors.length > 0 && (
        <details>
          <summary className="cursor-pointer text-quiet text-sm">Last errors</summary>
          <ul className="mt-2 flex flex-col gap-1.5 text-sm leading-6">
            {status.recentErrors.map(({ at, outcome, detail: why }) => (
              <li key={at} className="flex flex-wrap gap-x-3">
                <span className="text-quiet">
                  <Moment iso={at} now={now} />
                </span>
                <span className="min-w-0 break-words">
                  {OUTCOME_WORDS[outcome] ?? outcome}
                  {why && `: ${why}`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Tried({ parameters }: { parameters: Record<string, string | string[] | undefined> }) {
  const outcome = firstOf(parameters["outcome"]);
  const facts = Number(firstOf(parameters["facts"])) || 0;
  const answered = outcome === "found" || outcome === "not_found";
  const told = `${facts === 1 ? "1 fact" : `${facts} facts`}, ${firstOf(parameters["photo"]) ? "a photo" : "no photo"}`;
  return (
    <Notice tone={answered ? "good" : "warn"}>
      It answered in {Number(firstOf(parameters["ms"])) || 0} ms: {OUTCOME_WORDS[outcome] ?? "no answer"}
      {outcome === "found" && ` (${told})`}.
    </Notice>
  );
}

function Try({ provider, token }: { provider: Asked; token: string }) {
  return (
    <PostForm
      action="/operator/providers/try"
      token={token}
      hidden={{ provider: provider.name }}
      className="flex flex-col items-start gap-3"
    >
      <TextField
        label={provider.organizationBound ? "E-mail address" : "LinkedIn address or username"}
        name="whom"
        required
        maxLength={400}
        className="w-full max-w-md"
        hint="One look-up, which counts towards the budget. What it tells of the person is not kept."
      />
      <Button look="plain" label={`Try it out: ${provider.title}`}>
        Try it out
      </Button>
    </PostForm>
  );
}
