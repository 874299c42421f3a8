/**
 * Tool calls a second at 16 connections, in both protocol eras, beside a bare echo server of the same SDK. Measured in
 * turn, round by round; quote the ratios.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openDatabase } from "../../lib/platform/db.ts";
import { embeddedLocation } from "../../lib/platform/embedded-database/location.ts";
import { connect } from "../support/connection.ts";
import { freePort, removeData, startInstallation } from "../support/installation.ts";
import { ERAS, type Era, mcpMessage } from "../support/mcp-message.ts";
import { drawPhoto } from "../support/photos.ts";
import { firstAnswer, load, type Measurement, median, type Target } from "./measure.ts";

const CONNECTIONS = 16;
const PERSON = "bench-person";
const UNBOUNDED = { AVTRZ_RATE_LIMIT_USER: "1000000000", LOG_LEVEL: "error" };

type ToolTarget = Target & { era: Era; tool: string };
export type ToolRow = { tool: string; era: Era; rate: number; p50: number; p99: number; ratio: number | null };

export async function benchTools(options: { seconds: number; rounds: number }): Promise<ToolRow[]> {
  const closing: (() => unknown)[] = [];
  try {
    const bare = await startBare(closing);
    const tools = await startTools(closing);
    const targets = ERAS.flatMap((era) => [
      target(bare, era, "echo", { text: "hello" }),
      target(tools.url, era, "get_profile_avatar", { username: PERSON }, tools.token),
      target(tools.url, era, "get_profile", { username: PERSON }, tools.token),
    ]);
    for (const one of targets) await load(one, CONNECTIONS, Math.min(3, options.seconds));
    const rounds: Map<string, Measurement>[] = [];
    for (let round = 0; round < options.rounds; round++) {
      const results = new Map<string, Measurement>();
      for (const one of targets) results.set(one.name, await load(one, CONNECTIONS, options.seconds));
      rounds.push(results);
    }
    return targets.map(({ name, era, tool }) => {
      const of = (read: (result: Measurement) => number) =>
        median(rounds.map((results) => read(results.get(name) as Measurement)));
      const ratios = rounds.map((results) => (results.get(name)?.rate ?? 0) / (results.get(`echo ${era}`)?.rate ?? 1));
      const ratio = tool === "echo" ? null : median(ratios);
      return { tool, era, rate: of((r) => r.rate), p50: of((r) => r.p50), p99: of((r) => r.p99), ratio };
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

export function reportTools(rows: readonly ToolRow[]): void {
  console.log(`\ntool calls, ${CONNECTIONS} connections\n`);
  console.log(
    `${"".padEnd(34)}${"a second".padStart(10)}${"p50 ms".padStart(9)}${"p99 ms".padStart(9)}${"of bare".padStart(9)}`,
  );
  for (const { tool, era, rate, p50, p99, ratio } of rows) {
    const name = `${tool === "echo" ? "bare SDK server" : tool}, ${era}`.padEnd(34);
    const cells = [
      Math.round(rate).toLocaleString("en").padStart(10),
      p50.toFixed(2).padStart(9),
      p99.toFixed(2).padStart(9),
    ];
    console.log(`${name}${cells.join("")}${(ratio === null ? "" : `${Math.round(ratio * 100)} %`).padStart(9)}`);
  }
}

function target(url: string, era: Era, tool: string, parameters: Record<string, string>, token?: string): ToolTarget {
  const { headers, body } = mcpMessage("tools/call", { name: tool, arguments: parameters }, era);
  if (token) headers["authorization"] = `Bearer ${token}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return { name: `${tool} ${era}`, era, tool, url, status: 200, headers: lines, body };
}

async function startBare(closing: (() => unknown)[]): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "bare-mcp.ts"), String(port)], {
    stdio: "ignore",
  });
  closing.push(() => child.kill());
  const url = `http://localhost:${port}/mcp`;
  await firstAnswer(url);
  return url;
}

/** An installation with one person who has a photo, and a connection to its first workspace. */
async function startTools(closing: (() => unknown)[]): Promise<{ url: string; token: string }> {
  const installation = await startInstallation({ environment: UNBOUNDED });
  closing.push(() => installation.stop().then(() => removeData(installation)));
  const { id } = await installation.avtrz<{ id: string }>("org", "create", "Bench");
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-bench-"));
  await writeFile(path.join(folder, `${PERSON}.jpg`), await drawPhoto());
  await installation.avtrz("people", "import", folder, "--org", id);
  await rm(folder, { recursive: true });
  const db = openDatabase(embeddedLocation(installation.dataDirectory).url, { connections: 1 });
  const url = `${installation.url}/mcp`;
  const { token } = await connect(db.query, { organizationId: id, resource: url });
  await db.close();
  return { url, token };
}
