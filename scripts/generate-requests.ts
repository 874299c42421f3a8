/**
 * Makes a workspace with very many requests, and measures what its charts and lists cost:
 *   TEST_DATABASE_URL=postgres://… node scripts/generate-requests.ts [--rows 10000000] [--days 90] [--rounds 9] [--keep | --again URL]
 * Without TEST_DATABASE_URL it is measured on an embedded database. The database is made, and dropped unless it is to be kept.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { createDatabase } from "../e2e/support/backend.ts";
import type { RequestFilter } from "../lib/analytics/index.ts";
import { readConfig } from "../lib/platform/config.ts";
import { openDatabase } from "../lib/platform/db.ts";
import { PLANS } from "../lib/quotas/index.ts";
import { createServices, type Services } from "../lib/services.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "10000000" },
    days: { type: "string", default: "90" },
    rounds: { type: "string", default: "9" },
    keep: { type: "boolean", default: false },
    /** A database that was kept. */
    again: { type: "string" },
  },
});
const [ROWS, DAYS, ROUNDS] = [Number(values.rows), Number(values.days), Number(values.rounds)];
const ROWS_A_STATEMENT = 250_000;

// People ask for some far more than for others; one request in ten comes from an AI client.
const INSERT = `
with made as (
  select n, ($5::bigint - $6::bigint + floor($6::float8 * n / $4::float8))::bigint as ms, random() as r, random() as r2,
    random() as r3, md5(n::text || random()::text) as noise
  from generate_series($2::bigint, $3::bigint) n
), completed as (
  insert into avatar_request as r (organization_id, id, key_id, connection_id, channel, tool, username, size, outcome, code, units,
    new_profile, latency_ms, client, origin_domain, created_at)
  select $1, 'req_' || (select string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', ((ms >> (45 - 5 * i)) & 31)::int + 1, 1), '' order by i)
      from generate_series(0, 9) i) || left(noise, 16),
    case when r < 0.9 then ($7::text[])[1 + floor(r2 * r2 * 5)::int] end, case when r >= 0.9 then 'con_' || floor(r2 * 4) end,
    case when r < 0.9 then 'api' else 'mcp' end, case when r < 0.9 then 'avatar' else 'get_profile_avatar' end,
    'person-' || floor(r3 * r3 * r3 * 100000)::int, 128,
    case when r2 < 0.0002 then 'failed' when r2 < 0.02 then 'blocked' when r2 < 0.1 then 'not_found' when r2 < 0.15 then 'enriching' else 'resolved' end,
    case when r2 < 0.0002 then 'internal' when r2 < 0.02 then 'rate_limited' end,
    case when r2 < 0.02 then 0 else 1 end, r3 < 0.05, case when r2 >= 0.02 then (2 + 40 * r3 * r3)::real end,
    case when r < 0.9 then (array['Chrome', 'Safari', 'Edge', 'Firefox', 'node', 'curl'])[1 + floor(r3 * 6)::int]
      when r < 0.99999 then (array['Claude', 'ChatGPT', 'Cursor'])[1 + floor(r3 * 3)::int] else 'Zed' end,
    case when r < 0.5 then 'www.example.com' end, to_timestamp(ms / 1000.0)
  from made returning r.*
)
select roll_up_avatar_requests_v1(array_agg(organization_id), array_agg(created_at), array_agg(channel), array_agg(outcome),
  array_agg(key_id), array_agg(connection_id), array_agg(client), array_agg(units), array_agg(new_profile),
  array_agg(latency_ms)) from completed`;

const database = values.again
  ? { url: values.again, remove: async () => undefined }
  : await createDatabase(process.env["TEST_DATABASE_URL"] ? "postgres" : "embedded");
try {
  const config = { ...readConfig({}), databaseUrl: database.url, secret: "only for this measurement, and long enough" };
  const dataDirectory = await mkdtemp(path.join(tmpdir(), "avtrz-requests-"));
  // The services read as a web process does, with its time limit.
  const services = await createServices({ ...config, dataDirectory, logLevel: "silent" });
  const id = values.again ? (await services.organizations.list())[0]?.id : await generate(services, database.url);
  await measure(services, id ?? "");
  await services.close();
} finally {
  if (values.keep) console.log(`kept: ${database.url}`);
  else await database.remove();
}

async function generate(services: Services, url: string): Promise<string> {
  const slow = openDatabase(url, { statementTimeoutMs: 3_600_000, connections: 1 });
  const { id } = await services.organizations.create(
    { name: "Many requests", plan: "self_hosted", limits: PLANS.self_hosted },
    "operator",
  );
  const keys: string[] = [];
  for (const name of ["Website", "App", "Mail", "CRM", "Staging"])
    keys.push((await services.keys.manager.create(id, { type: "publishable", name }, "operator")).id);
  const started = Date.now();
  for (let first = 1; first <= ROWS; first += ROWS_A_STATEMENT) {
    const last = Math.min(ROWS, first + ROWS_A_STATEMENT - 1);
    await slow.query(INSERT, [id, first, last, ROWS, started, DAYS * 86_400_000, keys]);
    process.stdout.write(`\r${last.toLocaleString("en")} rows …`);
  }
  await slow.query("analyze");
  const [sizes] = await slow.query<{ rows: string; rollups: number }>(
    `select pg_size_pretty(pg_total_relation_size('avatar_request')) as rows, (select count(*) from request_hour_source) as rollups`,
  );
  console.log(`\n${((Date.now() - started) / 1_000).toFixed(0)} s, ${sizes?.rows}, ${sizes?.rollups} rollup rows`);
  await slow.close();
  return id;
}

async function measure({ analytics, keys, clock }: Services, id: string): Promise<void> {
  const day = (ago: number) => new Date(clock.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const requests = (filters: RequestFilter) => analytics.requests("operator", id, { filters });
  const all = await keys.overview("operator", id);
  const reads: [string, () => Promise<unknown>][] = [
    ["overview, 30 days", () => analytics.overview("operator", id, { timeZone: "Europe/Berlin" })],
    [`overview, ${DAYS} days`, () => analytics.overview("operator", id, { from: day(DAYS - 1), to: day(0) })],
    ["overview, today", () => analytics.overview("operator", id, { from: day(0), to: day(0) })],
    ["requests, latest 50", () => analytics.requests("operator", id)],
    ["requests, failed (1 in 5,000)", () => requests({ outcome: "failed" })],
    ["requests, blocked by one key", () => requests({ outcome: "blocked", key: all[0]?.id })],
    ["requests, client Zed (1 in 100,000)", () => requests({ client: "Zed" })],
    ["requests, of one person", () => requests({ username: "person-77" })],
    ["keys with units this month", () => keys.overview("operator", id)],
  ];
  for (const [name, read] of reads) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = performance.now();
      await read();
      times.push(performance.now() - before);
    }
    const [first = 0] = times;
    times.sort((a, b) => a - b);
    const ms = (value: number | undefined) => `${(value ?? 0).toFixed(1)} ms`.padStart(10);
    console.log(`${name.padEnd(40)} first ${ms(first)}  median ${ms(times[ROUNDS >> 1])}  worst ${ms(times.at(-1))}`);
  }
}
