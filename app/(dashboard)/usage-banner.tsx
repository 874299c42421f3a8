import Link from "next/link";
import type { Metric } from "#lib/quotas";
import { Notice } from "#lib/ui";
import type { Dashboard } from "./dashboard.ts";
import { METRIC_WORDS } from "./metrics.ts";

const NUMBER = new Intl.NumberFormat("en");
const WARN_AT = 0.8;

/** Above every page once a month's limit is nearly used up, for the metric that is nearest to it. */
export function UsageBanner({ dashboard: { usage, page } }: { dashboard: Dashboard }) {
  const [nearest] = usage
    .map(({ metric, used, limit }) => ({ metric, used, limit, share: shareOf(used, limit) }))
    .filter(({ share }) => share >= WARN_AT)
    .sort((a, b) => b.share - a.share);
  if (!nearest) return null;
  const words: Record<Metric, string> = {
    avatar_requests: "requests",
    avatar_new_profiles: "new profiles",
    persona_requests: "questions to personas",
  };
  const over = nearest.share >= 1;
  const figures = `${NUMBER.format(nearest.used)} of ${NUMBER.format(nearest.limit ?? 0)}`;
  return (
    <Notice tone={over ? "danger" : "warn"}>
      {over
        ? `This month's ${words[nearest.metric]} are used up (${figures}): ${METRIC_WORDS[nearest.metric].atLimit}.`
        : `${Math.floor(nearest.share * 100)} % of this month's ${words[nearest.metric]} are used (${figures}).`}{" "}
      <Link href={page("usage")} prefetch={false} className="underline">
        Usage
      </Link>
    </Notice>
  );
}

function shareOf(used: number, limit: number | null): number {
  if (limit === null) return 0;
  return limit === 0 ? 1 : used / limit;
}
