import { setTimeout as sleep } from "node:timers/promises";
import { PersonaError } from "../../../../lib/personas/index.ts";
import type { SupabaseSettings } from "./settings.ts";

const WITHIN_MS = 15_000;
const WRITE_WITHIN_MS = 120_000;
const AGAIN_AFTER_MS = 400;

/** Tables and functions behind PostgREST. Everything throws PersonaError `store_unavailable` or `store_refused`. */
export type Rest = {
  /** Rows of a table; `parameters` as PostgREST has them (`avatar_id=eq.x`). */
  select: <Row>(table: string, parameters: Readonly<Record<string, string>>) => Promise<Row[]>;
  insert: (table: string, rows: readonly object[], resolution?: "ignore-duplicates") => Promise<void>;
  update: (table: string, parameters: Readonly<Record<string, string>>, values: object) => Promise<void>;
  call: (name: string, given: object) => Promise<void>;
};

type Asked = { method: string; path: string; body?: unknown; prefer?: string };

export function createRest({ url, key }: SupabaseSettings, avatar: string): Rest {
  const unavailable = (reason: string, cause?: unknown) =>
    new PersonaError("store_unavailable", { avatar, reason }, cause === undefined ? undefined : { cause });
  const refused = (reason: string) => new PersonaError("store_refused", { avatar, reason });

  async function ask({ method, path, body, prefer }: Asked): Promise<Response> {
    const headers = {
      apikey: key,
      authorization: `Bearer ${key}`,
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(prefer ? { prefer } : {}),
    };
    const signal = AbortSignal.timeout(method === "GET" ? WITHIN_MS : WRITE_WITHIN_MS);
    return fetch(`${url}/rest/v1/${path}`, {
      method,
      headers,
      signal,
      // A key is for one host: it follows nobody to another.
      redirect: "error",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Reading is tried twice: a line that breaks is no reason to say that a person wrote nothing. */
  async function send(asked: Asked): Promise<Response> {
    let response = await ask(asked).catch((error: unknown) => error);
    const failed = !(response instanceof Response) || response.status >= 500;
    if (asked.method === "GET" && failed) {
      await sleep(AGAIN_AFTER_MS);
      response = await ask(asked).catch((error: unknown) => error);
    }
    if (!(response instanceof Response)) throw unavailable(`${url} does not answer (${reasonOf(response)}).`, response);
    if (!response.ok) throw await problemOf(response, asked);
    return response;
  }

  async function problemOf(response: Response, { path, method }: Asked): Promise<PersonaError> {
    const text = await response.text().catch(() => "");
    const { code = "", message = "" } = parsed(text);
    const what = path.split("?")[0] ?? "";
    if (response.status === 401 && code !== "42501")
      return refused(`${url} does not take the key. SUPABASE_ANON_KEY has to be of that project.`);
    if (code === "42501" || response.status === 403)
      return refused(
        method === "GET"
          ? `the key may not read ${what}.`
          : "the key may not write. Set SUPABASE_SERVICE_KEY for what writes to it.",
      );
    // Of PostgREST: no table, no function, no column; and of PostgreSQL itself, in older versions of it.
    if (/^(PGRST20[0-5]|42P01|42883|42703)$/.test(code) || response.status === 404)
      return refused(
        `${url} lacks ${what.replace("rpc/", "the function ")}. Run supabase.sql of this package in its SQL editor.`,
      );
    if (response.status >= 500) return unavailable(`${url} answers ${response.status}. Is the project paused?`);
    return refused(`${url} answers ${response.status} ${message.slice(0, 300)}`.trim());
  }

  return {
    async select<Row>(table: string, parameters: Readonly<Record<string, string>>): Promise<Row[]> {
      const response = await send({ method: "GET", path: `${table}?${new URLSearchParams(parameters)}` });
      const rows: unknown = await response.json().catch(() => null);
      if (!Array.isArray(rows)) throw refused(`${url} is no Supabase project: its answer is no list of rows.`);
      return rows as Row[];
    },
    async insert(table, rows, resolution) {
      const prefer = resolution ? `return=minimal,resolution=${resolution}` : "return=minimal";
      await send({ method: "POST", path: table, body: rows, prefer });
    },
    async update(table, parameters, values) {
      const path = `${table}?${new URLSearchParams(parameters)}`;
      await send({ method: "PATCH", path, body: values, prefer: "return=minimal" });
    },
    async call(name, given) {
      await send({ method: "POST", path: `rpc/${name}`, body: given });
    },
  };
}

function parsed(text: string): { code?: string; message?: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `nothing came within ${WITHIN_MS / 1_000} seconds`;
  const { cause } = error;
  return cause instanceof Error ? ("code" in cause && String(cause.code)) || cause.message : error.message;
}
