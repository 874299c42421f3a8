/** `npm run check`: everything about the code that can be known without starting it, and the unit tests. */
import { spawn } from "node:child_process";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..");
const bin = (name: string) => path.join(ROOT, "node_modules/.bin", name);
const script = (name: string) => path.join(import.meta.dirname, name);

const CHECKS: [name: string, command: string, ...parameters: string[]][] = [
  ["format and lint", bin("biome"), "check", "."],
  ["types", bin("tsc"), "--noEmit"],
  ["ranks and doors", process.execPath, script("check-ranks.ts")],
  ["dead code", bin("knip"), "--no-progress"],
  ["schema and migrations", process.execPath, script("schema.ts"), "check"],
  ["generated files", process.execPath, script("generate.ts"), "--check"],
  ["unit tests", bin("vitest"), "run", "--project", "unit"],
];

let failed = false;
for (const [name, command, ...parameters] of CHECKS) {
  const started = Date.now();
  const { code, output } = await run(command, parameters);
  console.log(`${code === 0 ? "✓" : "✗"} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (code === 0) continue;
  failed = true;
  console.log(output);
}
process.exit(failed ? 1 : 0);

function run(command: string, parameters: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("close", (code) => resolve({ code, output }));
  });
}
