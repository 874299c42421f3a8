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
import { firstAnswer, load } from "./measure.ts";
import { inRounds, printRows, type Row, type Task } from "./rounds.ts";

const CONNECTIONS = 16;
const PERSON = "bench-person";
const UNBOUNDED = { AVTRZ_RATE_LIMIT_USER: "1000000000", LOG_LEVEL: "error" };

export async function benchTools(options: { seconds: number; rounds: number }): Promise<Row[]> {
  const closing: (() => unknown)[] = [];
  try {
    const bare = await startBare(closing);
    const tools = await startTools(closing);
    const tasks = ERAS.flatMap((era) => [
      taskOf(bare, era, "echo", { text: "hello" }),
      taskOf(tools.url, era, "get_profile_avatar", { username: PERSON }, tools.token),
      taskOf(tools.url, era, "get_profile", { username: PERSON }, tools.token),
    ]);
    return await inRounds(tasks, options);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

export function reportTools(rows: readonly Row[]): void {
  console.log(`tool calls, ${CONNECTIONS} connections`);
  printRows(rows, "of bare", (ratio) => `${Math.round(ratio * 100)} %`);
}

function taskOf(url: string, era: Era, tool: string, parameters: Record<string, string>, token?: string): Task {
  const { headers, body } = mcpMessage("tools/call", { name: tool, arguments: parameters }, era);
  if (token) headers["authorization"] = `Bearer ${token}`;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const bare = `bare SDK server, ${era}`;
  const name = token ? `${tool}, ${era}` : bare;
  const target = { name, url, status: 200, headers: lines, body };
  return { name, yardstick: token ? bare : null, run: (seconds) => load(target, CONNECTIONS, seconds) };
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
