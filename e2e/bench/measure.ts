import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

/** One thing to measure; with a body it is sent by POST. */
export type Target = { name: string; url: string; status: number; headers?: string[]; body?: string };

export type Measurement = {
  rate: number;
  p50: number;
  p99: number;
  requests: number;
  statuses: Record<string, number>;
  errors: number;
};
/** Puts load on a target from a process of its own. Rejects when an answer is not the one expected. */
export async function load(target: Target, connections: number, seconds: number): Promise<Measurement> {
  const parameters = [
    path.join(import.meta.dirname, "load.ts"),
    target.url,
    String(connections),
    String(seconds),
    ...(target.body === undefined ? [] : [`--body=${target.body}`]),
    ...(target.headers ?? []),
  ];
  const { stdout } = await promisify(execFile)(process.execPath, parameters);
  const result = JSON.parse(stdout) as Measurement;
  const wrong = Object.keys(result.statuses).filter((status) => status !== String(target.status));
  if (wrong.length > 0 || result.errors > 0)
    throw new Error(`${target.name}: ${JSON.stringify(result.statuses)}, ${result.errors} errors`);
  return result;
}

export async function firstAnswer(url: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (await fetch(url, { redirect: "manual" }).catch(() => null)) return;
  }
  throw new Error(`${url} does not answer`);
}

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
