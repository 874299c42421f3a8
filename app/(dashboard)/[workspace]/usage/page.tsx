import { Download, Gauge } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { SourceUsage } from "#lib/analytics";
import type { UsageMeter, UsageOverview } from "#lib/quotas";
import { Bars, ButtonLink, Card, Day, Empty, Meter, PageHeader, Table } from "#lib/ui";
import { type Dashboard, openDashboard, type PageProps, withQuery } from "../../dashboard.ts";
import { METRIC_WORDS } from "../../metrics.ts";

export const metadata: Metadata = { title: "Usage" };

const NUMBER = new Intl.NumberFormat("en");
const DAY_MONTH = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", timeZone: "UTC" });
const DAY_MS = 86_400_000;

export default async function Usage({ params }: PageProps) {
  const dashboard = await openDashboard((await params).workspace);
  const { services, viewer, workspace, now } = dashboard;
  const usage = await services.quotas.usage(viewer, workspace.id);
  const from = usage.from.slice(0, 10);
  const lastDay = new Date(Date.parse(usage.resets) - DAY_MS).toISOString().slice(0, 10);
  const [{ series }, sources] = await Promise.all([
    services.analytics.overview(viewer, workspace.id, { from, to: lastDay }),
    services.analytics.sources(viewer, workspace.id, from),
  ]);
  return (
    <>
      <PageHeader
        title="Usage"
        lead={
          <>
            Counted from <Day iso={usage.from} />; all meters start again on <Day iso={usage.resets} />, 00:00 UTC. The
            plan is <span className="text-ink">{usage.plan.replace("_", "-")}</span>.
          </>
        }
        actions={
          <ButtonLink href={`/api/workspaces/${workspace.id}/usage.csv`} plainAnchor>
            <Download size={16} aria-hidden /> CSV
          </ButtonLink>
        }
      />
      <div className="grid gap-4 lg:grid-cols-3">
        {usage.meters.map((meter) => (
          <Metered key={meter.metric} meter={meter} usage={usage} now={now} />
        ))}
      </div>
      <Card title="Requests a day" detail="Of people this workspace asked for before, and of new ones.">
        <Bars
          label="Requests a day, UTC"
          steps={series.map(({ at }) => at)}
          series={[
            { name: "Asked for before", colour: 1, values: series.map((day) => day.units - day.newProfiles) },
            { name: "New profiles", colour: 3, values: series.map((day) => day.newProfiles) },
          ]}
        />
      </Card>
      <Card title="By key and connection" flush>
        {sources.length === 0 ? (
          <Empty icon={Gauge} title="Nothing was used this month">
            Each key and each AI client that asks for somebody is listed here with what it used.
          </Empty>
        ) : (
          <Sources dashboard={dashboard} sources={sources} />
        )}
      </Card>
    </>
  );
}

function Metered({ meter, usage, now }: { meter: UsageMeter; usage: UsageOverview; now: number }) {
  const { name, unit, counts, atLimit } = METRIC_WORDS[meter.metric];
  return (
    <section aria-label={name} className="flex min-w-0 flex-col rounded-xl border border-line bg-card p-4 sm:p-5">
      <h2 className="font-medium text-sm">{name}</h2>
      <p className="mt-2 font-semibold text-3xl tabular-nums tracking-tight">{NUMBER.format(meter.used)}</p>
      <p className="mb-3 text-quiet text-sm">
        {meter.limit === null ? "no limit" : `of ${NUMBER.format(meter.limit)} ${unit}`}
        {meter.setByOperator && ", set by the operator"}
      </p>
      {meter.limit !== null && (
        <div className="mb-3">
          <Meter label="Used" used={meter.used} limit={meter.limit} />
        </div>
      )}
      <p className="text-pretty text-sm leading-6">{forecast(meter, unit, usage, now)}</p>
      <p className="mt-2 text-pretty text-quiet text-xs leading-5">
        {counts}{" "}
        {meter.limit === null
          ? "Without a limit nothing is refused."
          : `At 100 %, ${atLimit}, until ${DAY_MONTH.format(Date.parse(usage.resets))}, 00:00 UTC.`}
      </p>
    </section>
  );
}

/** What the month comes to if it goes on as it did. */
function forecast({ used, limit, projected }: UsageMeter, unit: string, usage: UsageOverview, now: number): string {
  if (limit !== null && used >= limit) return "The limit is reached.";
  if (used === 0) return "None used so far.";
  if (projected === null) return "A forecast comes after the month's first day.";
  if (limit === null || projected <= limit) {
    const share = limit ? ` (${Math.round((projected / limit) * 100)} %)` : "";
    return `At this pace about ${NUMBER.format(projected)} ${unit}${share} by the end of the month.`;
  }
  const from = Date.parse(usage.from);
  const reached = from + ((now - from) * limit) / used;
  return `At this pace the limit is reached around ${DAY_MONTH.format(reached)}.`;
}

function Sources({ dashboard: { page }, sources }: { dashboard: Dashboard; sources: readonly SourceUsage[] }) {
  const total = sources.reduce((sum, { units }) => sum + units, 0);
  return (
    <Table label="By key and connection" heads={["Key or AI client", "Requests", "Units", "Share"]}>
      {sources.map((source) => (
        <tr key={source.id}>
          <td className="min-w-40">
            {source.kind === "gone" ? (
              <span className="text-quiet">one that is gone</span>
            ) : (
              <Link
                href={
                  source.kind === "key"
                    ? page(`keys/${source.id}`)
                    : withQuery(page("requests"), { connection: source.id })
                }
                prefetch={false}
                className="break-words font-medium hover:underline"
              >
                {source.name}
              </Link>
            )}
            <span className="block text-quiet text-xs">{source.last4 ? `key …${source.last4}` : "AI client"}</span>
          </td>
          <td className="tabular-nums">{NUMBER.format(source.requests)}</td>
          <td className="tabular-nums">{NUMBER.format(source.units)}</td>
          <td className="whitespace-nowrap text-quiet tabular-nums">
            {total === 0 ? "–" : `${((source.units / total) * 100).toFixed(1)} %`}
          </td>
        </tr>
      ))}
    </Table>
  );
}
