import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { runProgram } from "./program.ts";

type Check = { id: string; status: string; errorMessage?: string };
/** Of each scenario that ran, its checks. */
export type Results = Map<string, Check[]>;

const SUITE = "node_modules/@modelcontextprotocol/conformance/dist/index.js";

/** Runs the official suite and reads what it wrote. */
export async function runConformance(parameters: string[], onOutput?: (all: string) => void): Promise<Results> {
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-conformance-"));
  try {
    const options = { withinMs: 60_000, ...(onOutput ? { onOutput } : {}) };
    const { stdout, stderr } = await runProgram(SUITE, [...parameters, "-o", folder], options);
    const results: Results = new Map();
    for (const name of await readdir(folder)) {
      const scenario = name.replace(/^server-/, "").replace(/-\d{4}-\d{2}-\d{2}T.*$/, "");
      results.set(scenario, JSON.parse(await readFile(path.join(folder, name, "checks.json"), "utf8")));
    }
    if (results.size === 0) throw new Error(`the suite ran nothing:\n${stdout}\n${stderr}`);
    return results;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The suite has no option for a token: this passes everything on to `target` with one. It stands in for the address
 * itself, so that a Host or Origin that names it names the target.
 */
export async function tokenProxy(target: string, token: string): Promise<{ url: string; close(): void }> {
  const { hostname, port, host: targetHost, pathname } = new URL(target);
  const server = createServer((message, response) => {
    const own = `localhost:${(server.address() as AddressInfo).port}`;
    const headers = { ...message.headers, authorization: `Bearer ${token}` };
    if (headers.host === own) headers.host = targetHost;
    if (headers.origin === `http://${own}`) headers.origin = `http://${targetHost}`;
    const passed = request({ hostname, port, path: message.url, method: message.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.once("error", () => response.writeHead(502).end());
    message.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${pathname}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
