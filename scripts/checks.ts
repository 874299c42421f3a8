import { spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");
const script = (name: string) => path.join(import.meta.dirname, name);

export type Check = [name: string, command: string, ...parameters: string[]];

/** A program of the packages. */
export const bin = (name: string): string => path.join(ROOT, "node_modules/.bin", name);

/** What can be known of the code without starting it. */
export const CHECKS: Check[] = [
  ["format and lint", bin("biome"), "check", "."],
  ["types", bin("tsc"), "--noEmit"],
  ["ranks and doors", process.execPath, script("check-ranks.ts")],
  ["dead code", bin("knip"), "--no-progress"],
  ["schema and migrations", process.execPath, script("schema.ts"), "check"],
  ["generated files", process.execPath, script("generate.ts"), "--check"],
];

/** Runs one check and prints its verdict, with what it said when it failed. True when it passed. */
export async function runCheck([name, command, ...parameters]: Check): Promise<boolean> {
  const started = Date.now();
  const { code, output } = await capture(command, parameters);
  console.log(`${code === 0 ? "✓" : "✗"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log(output);
  return code === 0;
}

function capture(command: string, parameters: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("close", (code) => resolve({ code, output }));
  });
}
