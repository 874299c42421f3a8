import { newId } from "../../lib/platform/ids.ts";
import type { BlockedRequest, Settlement, UnitRequest } from "../../lib/quotas/index.ts";
import type { Services } from "../../lib/services.ts";
import { newUsername } from "./services.ts";

export type Asked = Partial<Omit<UnitRequest, "id" | "organizationId">> & {
  outcome?: "resolved" | "enriching" | "not_found" | "failed" | "blocked" | "pending";
  latencyMs?: number;
  code?: string;
};

/** A request as the endpoints meter it, without any endpoint: what became of it is `outcome`, and a failure gives back. */
export async function ask(services: Services, organizationId: string, asked: Asked = {}): Promise<string> {
  const { outcome = "resolved", latencyMs = 4, code, ...rest } = asked;
  const at = rest.at ?? services.clock.now();
  const id = newId("req", at);
  const request: UnitRequest = {
    channel: "api",
    tool: "avatar",
    username: newUsername(),
    ...rest,
    id,
    organizationId,
    at,
  };
  const { ledger, meter } = services.quotas;
  if (outcome === "blocked") {
    ledger.block({ ...request, code: code ?? "rate_limited" } satisfies BlockedRequest);
    return id;
  }
  const decision = await meter.takeOne(request);
  if (decision.kind === "refused") ledger.block({ ...request, code: "quota_exceeded" });
  else if (outcome !== "pending") {
    const refund = outcome === "failed";
    ledger.settle({ ...request, outcome, latencyMs, refund, code } satisfies Settlement);
  }
  return id;
}

/** Rollup rows that do not agree with the completed rows of an organization. */
export async function wrongRollups(services: Services, organizationId: string): Promise<Record<string, unknown>[]> {
  const hour = "date_trunc('hour', created_at, 'UTC') as hour";
  const source = "coalesce(key_id, connection_id, '') as source_id, coalesce(client, '') as client";
  const fresh = "count(*) filter (where new_profile and units > 0) as new_profiles";
  const comparisons = [
    ["request_hour", `${hour}, channel, outcome, count(*) as requests, sum(units) as units, ${fresh}`, "1, 2, 3"],
    ["request_hour_source", `${hour}, channel, outcome, ${source}, count(*) as requests`, "1, 2, 3, 4, 5"],
    [
      "request_day_source",
      `(created_at at time zone 'UTC')::date as day, ${source}, count(*) as requests, sum(units) as units`,
      "1, 2, 3",
    ],
    [
      "request_latency",
      `${hour}, latency_bucket_v1(latency_ms) as bucket, count(*) as requests`,
      "1, 2",
      "and outcome in ('resolved', 'enriching', 'not_found')",
    ],
  ] as const;
  const wrong = await Promise.all(
    comparisons.map(([table, columns, by, only = ""]) =>
      services.db.query(
        `with counted as (
           select $1::text as organization_id, ${columns} from avatar_request
           where organization_id = $1 and outcome <> 'pending' ${only} group by ${shifted(by)}
         ), rolled as (select * from ${table} where organization_id = $1)
         select '${table}' as "table", to_jsonb(c) as counted, to_jsonb(r) as rolled
         from counted c natural full join rolled r where c is null or r is null`,
        [organizationId],
      ),
    ),
  );
  return wrong.flat();
}

// The organization stands first.
function shifted(positions: string): string {
  return positions.replace(/\d/g, (digit) => String(Number(digit) + 1));
}
