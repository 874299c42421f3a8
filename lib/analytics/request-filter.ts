import { filterOf } from "#lib/platform/page";

export const OUTCOMES = ["resolved", "enriching", "not_found", "blocked", "failed"] as const;
/** What became of a request: a photo, art while a photo is looked for, art since there is none, refused, failed. */
export type Outcome = (typeof OUTCOMES)[number];

export const CHANNELS = ["api", "mcp"] as const;
export type Channel = (typeof CHANNELS)[number];

/** Which requests are meant; what is absent, empty or unknown does not restrict. */
export type RequestFilter = {
  outcome?: string | undefined;
  channel?: string | undefined;
  /** The id of a key. */
  key?: string | undefined;
  /** The id of a connection. */
  connection?: string | undefined;
  /** A name as in `topClients`. */
  client?: string | undefined;
  /** Canonical LinkedIn username. */
  username?: string | undefined;
  /** ISO times: from this moment on, and before this one. */
  from?: string | undefined;
  to?: string | undefined;
};

/** The filter as SQL takes it; `from` and `to` in milliseconds. */
export function cleanFilter(filter: RequestFilter) {
  return {
    outcome: OUTCOMES.find((one) => one === filter.outcome) ?? null,
    channel: CHANNELS.find((one) => one === filter.channel) ?? null,
    source: filterOf(filter.key) ?? filterOf(filter.connection),
    client: filterOf(filter.client),
    username: filterOf(filter.username),
    from: timeOf(filter.from),
    to: timeOf(filter.to),
  };
}

export type CleanFilter = ReturnType<typeof cleanFilter>;

/** What an id can hold is more than anybody asks for. */
const LATEST_TIME = Date.UTC(9999, 0);

function timeOf(text: string | undefined): number | null {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : Math.min(Math.max(time, 0), LATEST_TIME);
}
