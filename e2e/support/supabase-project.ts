/**
 * A Supabase project for tests: PostgreSQL with pgvector (PGlite), and in front of it what PostgREST answers, as far as
 * the hosted store asks. Requests run under the role of their key, so policies hold as they would there.
 */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { PGlite, type Transaction } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";

const SQL = path.join(import.meta.dirname, "../../packages/mcp-server/supabase.sql");
export const ANON_KEY = "anon-key-of-the-project";
export const SERVICE_KEY = "service-key-of-the-project";

export type SupabaseProject = {
  url: string;
  db: PGlite;
  /** Requests so far, as `GET avatars`. */
  asked: string[];
  /** What every request is answered with from now on, in place of an answer; null ends it. */
  fail: (failure: { status: number; body: string } | "hang up" | null) => void;
  stop: () => Promise<void>;
};

/** `setUp` false leaves the project without tables; `maxRows` is what it sends at once (Supabase: 1,000). */
export async function startSupabaseProject({ setUp = true, maxRows = 1_000 } = {}): Promise<SupabaseProject> {
  const db = await PGlite.create({ extensions: { vector } });
  await db.exec(
    "create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;",
  );
  if (setUp) await db.exec(await readFile(SQL, "utf8"));
  const asked: string[] = [];
  let failure: { status: number; body: string } | "hang up" | null = null;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://project");
    asked.push(`${request.method} ${url.pathname.replace("/rest/v1/", "")}`);
    if (failure === "hang up") return void request.socket.destroy();
    if (failure) return send(response, failure.status, failure.body);
    answer(request, url, response).catch((error: unknown) => send(response, 500, String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  async function answer(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const roles: Record<string, string> = { [ANON_KEY]: "anon", [SERVICE_KEY]: "service_role" };
    const role = roles[String(request.headers["apikey"])];
    if (!role || request.headers.authorization !== `Bearer ${request.headers["apikey"]}`)
      return send(response, 401, JSON.stringify({ message: "Invalid API key", hint: "Double check your key." }));
    let body = "";
    for await (const chunk of request) body += chunk;
    const [, table = "", name = ""] = /^\/rest\/v1\/(rpc\/)?(\w+)$/.exec(url.pathname) ?? [];
    try {
      const rows = await db.transaction(async (query) => {
        await query.exec(`set local role ${role}`);
        return table ? call(query, name, body) : onTable(query, request, name, url.searchParams, body, maxRows);
      });
      send(response, 200, rows === null ? "" : JSON.stringify(rows));
    } catch (error) {
      const { code = "XX000", message = String(error) } = error as { code?: string; message?: string };
      send(
        response,
        STATUS[code]?.(role) ?? (code.startsWith("PGRST20") ? 404 : 400),
        JSON.stringify({ code, message }),
      );
    }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    db,
    asked,
    fail: (next) => {
      failure = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.close();
    },
  };
}

/** As PostgREST maps PostgreSQL's codes; for what is not listed, 400. */
const STATUS: Readonly<Record<string, (role: string) => number>> = {
  "42501": (role) => (role === "anon" ? 401 : 403),
  "23503": () => 409,
  "23505": () => 409,
  PGRST204: () => 400,
};

class RestError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

async function onTable(
  query: Transaction,
  request: IncomingMessage,
  table: string,
  parameters: URLSearchParams,
  body: string,
  maxRows: number,
): Promise<unknown> {
  const columns = (
    await query.query<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped",
      [`public.${table}`],
    )
  ).rows.map(({ name }) => name);
  if (columns.length === 0)
    throw new RestError("PGRST205", `Could not find the table 'public.${table}' in the schema cache`);
  const { where, values } = conditionsOf(parameters, table, columns);
  if (request.method === "GET") {
    const wanted = parameters.get("select") ?? "*";
    const list = wanted === "*" ? "*" : wanted.split(",").map(identifier).join(", ");
    const order = (parameters.get("order") ?? "")
      .split(",")
      .filter(Boolean)
      .map((one) => `${identifier(one.split(".")[0] ?? "")} ${one.endsWith(".desc") ? "desc" : "asc"}`);
    const limit = Math.min(Number(parameters.get("limit") ?? maxRows), maxRows);
    const text = `select ${list} from ${table}${where}${order.length > 0 ? ` order by ${order.join(", ")}` : ""} limit ${limit}`;
    const { rows } = await query.query<{ row: unknown }>(`select to_jsonb(r) as row from (${text}) r`, values);
    return rows.map(({ row }) => row);
  }
  const given = JSON.parse(body) as object | object[];
  const keys = Object.keys([given].flat()[0] ?? {}).map(identifier);
  const unknown = keys.find((key) => !columns.includes(key));
  if (unknown)
    throw new RestError("PGRST204", `Could not find the '${unknown}' column of '${table}' in the schema cache`);
  if (request.method === "POST") {
    const ignore = String(request.headers["prefer"]).includes("resolution=ignore-duplicates");
    await query.query(
      `insert into ${table} (${keys.join(", ")}) select ${keys.join(", ")}
       from jsonb_populate_recordset(null::${table}, $1::jsonb)${ignore ? " on conflict do nothing" : ""}`,
      [JSON.stringify([given].flat())],
    );
    return null;
  }
  if (request.method !== "PATCH" || !where) throw new RestError("PGRST117", "Unsupported HTTP method");
  const sets = keys.map((key) => `${key} = g.${key}`).join(", ");
  await query.query(
    `update ${table} set ${sets} from jsonb_populate_record(null::${table}, $${values.length + 1}::jsonb) g${where}`,
    [...values, JSON.stringify(given)],
  );
  return null;
}

/** `a=eq.x`, `b=gt.1`, `c=is.true` and `or=(and(a.eq.x,b.eq.1),…)`. */
function conditionsOf(
  parameters: URLSearchParams,
  table: string,
  columns: readonly string[],
): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const OPERATORS: Record<string, string> = { eq: "=", gt: ">", gte: ">=" };
  const condition = (name: string, test: string): string => {
    if (!columns.includes(name)) throw new RestError("42703", `column ${name} does not exist`);
    const column = `${table}.${name}`;
    const [, operator = "", value = ""] = /^(\w+)\.(.*)$/s.exec(test) ?? [];
    if (operator === "is") return `${column} is ${identifier(value)}`;
    const symbol = OPERATORS[operator];
    if (!symbol) throw new RestError("PGRST100", `failed to parse filter (${test})`);
    values.push(value);
    // As a number where it is one: texts are compared as texts.
    return /^(chunk_index|part)$/.test(name)
      ? `${column} ${symbol} $${values.length}::text::integer`
      : `${column}::text ${symbol} $${values.length}`;
  };
  const all: string[] = [];
  for (const [name, value] of parameters) {
    if (["select", "order", "limit"].includes(name)) continue;
    if (name !== "or") {
      all.push(condition(name, value));
      continue;
    }
    const groups = [...value.matchAll(/and\(([^()]*)\)/g)].map(([, inside = ""]) =>
      inside
        .split(",")
        .map((one) => condition(one.slice(0, one.indexOf(".")), one.slice(one.indexOf(".") + 1)))
        .join(" and "),
    );
    all.push(`(${groups.map((group) => `(${group})`).join(" or ")})`);
  }
  return { where: all.length > 0 ? ` where ${all.join(" and ")}` : "", values };
}

async function call(query: Transaction, name: string, body: string): Promise<unknown> {
  const { rows } = await query.query<{ names: string[]; types: string; result: string }>(
    `select coalesce(proargnames, '{}') as names, oidvectortypes(proargtypes) as types, prorettype::regtype::text as result
     from pg_proc where proname = $1 and pronamespace = 'public'::regnamespace`,
    [name],
  );
  const [found] = rows;
  if (!found) throw new RestError("PGRST202", `Could not find the function public.${name} in the schema cache`);
  const types = found.types.split(", ");
  const given = JSON.parse(body) as Record<string, unknown>;
  const list = Object.keys(given).map((argument) => {
    const type = types[found.names.indexOf(argument)];
    if (!type) throw new RestError("PGRST202", `Could not find the function public.${name}(${argument})`);
    return `${identifier(argument)} => ${type === "jsonb" ? `($1::jsonb -> '${argument}')` : `($1::jsonb ->> '${argument}')::${type}`}`;
  });
  const result = await query.query<{ row: unknown }>(
    `select to_jsonb(r) as row from ${identifier(name)}(${list.join(", ")}) r`,
    [JSON.stringify(given)],
  );
  return found.result === "void" ? null : result.rows.map(({ row }) => row);
}

function identifier(text: string): string {
  if (!/^\w+$/.test(text)) throw new RestError("PGRST100", `failed to parse (${text})`);
  return text;
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": body.startsWith("<") ? "text/html" : "application/json" }).end(body);
}
