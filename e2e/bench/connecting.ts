/**
 * What a client and a person wait for while they connect: the consent page, and the token endpoint (a refresh, which
 * rotates), at 16 connections beside a bare Next page and a bare Next route handler that reads a form.
 */

import { type Asked, askForConsent, exchangeCode } from "../support/consent-request.ts";
import { type Installation, removeData, startInstallation } from "../support/installation.ts";
import { startBareNext } from "./bare-next-server.ts";
import { load, type Measurement } from "./measure.ts";
import { inRounds, printRows, type Row, type Task } from "./rounds.ts";

const CONNECTIONS = 16;
const UNBOUNDED = { AVTRZ_RATE_LIMIT_ADDRESS: "1000000000", LOG_LEVEL: "error" };

export async function benchConnecting(options: { seconds: number; rounds: number }): Promise<Row[]> {
  const closing: (() => unknown)[] = [];
  try {
    const bare = await startBareNext(closing);
    const installation = await startInstallation({ environment: UNBOUNDED });
    closing.push(() => installation.stop().then(() => removeData(installation)));
    const cookie = await signIn(installation);
    const asked = await askForConsent(installation.url, { redirectUri: "http://127.0.0.1:1/callback" });
    const page = await consentPage(asked, cookie);
    const grants = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(installation.url, cookie)));
    const tasks: Task[] = [
      pageTask("bare Next page", null, `${bare}/page`),
      pageTask("consent page", "bare Next page", page, cookie),
      {
        name: "bare Next route handler, a form",
        yardstick: null,
        run: (seconds) => rotate(`${bare}/bare`, [...grants], seconds),
      },
      {
        name: "token endpoint, a refresh",
        yardstick: "bare Next route handler, a form",
        run: (seconds) => rotate(`${installation.url}/oauth/token`, grants, seconds),
      },
    ];
    return await inRounds(tasks, options);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

export function reportConnecting(rows: readonly Row[]): void {
  console.log(`connecting, ${CONNECTIONS} connections`);
  printRows(rows, "of bare", (ratio) => `${Math.round(ratio * 100)} %`);
}

function pageTask(name: string, yardstick: string | null, url: string, cookie?: string): Task {
  const headers = ["accept: text/html", ...(cookie ? [`cookie: ${cookie}`] : [])];
  return { name, yardstick, run: (seconds) => load({ name, url, status: 200, headers }, CONNECTIONS, seconds) };
}

type Grant = { clientId: string; refreshToken: string };

/** Each connection refreshes with what its last refresh gave it. Rejects when an answer is not 200. */
async function rotate(url: string, grants: Grant[], seconds: number): Promise<Measurement> {
  const latencies: number[] = [];
  const started = performance.now();
  await Promise.all(
    grants.map(async (grant, i) => {
      for (let { clientId, refreshToken } = grant; performance.now() - started < seconds * 1_000; ) {
        const sentAt = performance.now();
        const answer = await fetch(url, {
          method: "POST",
          body: new URLSearchParams({ grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken }),
        });
        if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
        refreshToken = ((await answer.json()) as { refresh_token: string }).refresh_token;
        grants[i] = { clientId, refreshToken };
        latencies.push(performance.now() - sentAt);
      }
    }),
  );
  const elapsed = (performance.now() - started) / 1_000;
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    rate: latencies.length / elapsed,
    p50: percentile(0.5),
    p99: percentile(0.99),
    requests: latencies.length,
    statuses: { 200: latencies.length },
    errors: 0,
  };
}

/** The cookie of somebody who used the operator's sign-in link. */
async function signIn(installation: Installation): Promise<string> {
  const { link } = await installation.avtrz<{ link: string }>("sign-in-link", "bench@example.com");
  const answer = await post(`${installation.url}/api/auth/callback/email`, new URL(link).searchParams);
  const cookie = answer.headers
    .getSetCookie()
    .find((one) => one.includes("session="))
    ?.split(";")[0];
  if (!cookie) throw new Error(`signing in answered ${answer.status} ${answer.headers.get("location")}`);
  return cookie;
}

/** Where the consent page of a request is. */
async function consentPage(asked: Asked, cookie: string): Promise<string> {
  const answer = await fetch(asked.address, { headers: { cookie }, redirect: "manual" });
  const location = answer.headers.get("location");
  if (!location) throw new Error(`${asked.address} answered ${answer.status}`);
  return new URL(location, asked.address).href;
}

/** Asks, reads the consent page, allows, and exchanges the code: a connection as a client has it. */
async function connect(origin: string, cookie: string): Promise<Grant> {
  const asked = await askForConsent(origin, { redirectUri: "http://127.0.0.1:1/callback" });
  const page = await consentPage(asked, cookie);
  const html = await (await fetch(page, { headers: { cookie } })).text();
  const fields = new URLSearchParams({ decision: "allow" });
  for (const [input] of html.matchAll(/<input[^>]*>/g)) {
    const [, name] = /name="([^"]*)"/.exec(input) ?? [];
    if (name) fields.set(name, /value="([^"]*)"/.exec(input)?.[1] ?? "");
  }
  const id = new URL(page).pathname.split("/").at(-1);
  const decided = await post(`${origin}/oauth/authorize/decision?request=${id}`, fields, cookie);
  const code = new URL(decided.headers.get("location") ?? "nothing:").searchParams.get("code");
  if (!code) throw new Error(`the decision answered ${decided.status} ${decided.headers.get("location")}`);
  const tokens = await exchangeCode(origin, asked, code);
  if (tokens.status !== 200) throw new Error(`the token endpoint answered ${tokens.status}: ${await tokens.text()}`);
  return { clientId: asked.clientId, refreshToken: ((await tokens.json()) as { refresh_token: string }).refresh_token };
}

function post(url: string, fields: URLSearchParams, cookie?: string): Promise<Response> {
  const headers = { origin: new URL(url).origin, "sec-fetch-site": "same-origin", ...(cookie ? { cookie } : {}) };
  return fetch(url, { method: "POST", body: fields, headers, redirect: "manual" });
}
