import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../lib/platform/errors.ts";
import { lockFile } from "../lib/platform/file-lock.ts";

/** What a build is made from. */
const SOURCES = ["app", "lib", "public", "next.config.ts", "postcss.config.mjs", "package-lock.json", "tsconfig.json"];
const MARKER = ".next/avtrz-built-from";
// Beside the build, which is emptied before each one.
const LOCK = "node_modules/.avtrz-build.lock";
const NEXT_BUILD = path.join(import.meta.dirname, "next-build.ts");
const LOOK_AGAIN_MS = 200;

/**
 * Runs `next build` unless the last build was made from exactly these sources; of several callers in one checkout one
 * builds and the others wait for it. Throws AppError `build_failed`.
 */
export async function buildWhenStale(root: string, program = NEXT_BUILD): Promise<void> {
  const sources = await digestOf(root);
  const marker = path.join(root, MARKER);
  const fresh = () => existsSync(marker) && readFileSync(marker, "utf8") === sources;
  if (fresh()) return;
  const lock = await takeTurn(path.join(root, LOCK));
  try {
    if (fresh()) return;
    console.error("Building (about 20 seconds) …");
    await build(root, program);
    writeFileSync(marker, sources);
  } finally {
    lock.release();
  }
}

async function takeTurn(file: string): Promise<{ release(): void }> {
  for (let told = false; ; told = true) {
    const lock = lockFile(file, 0);
    if (lock) return lock;
    if (!told) console.error("Waiting for another start in this checkout, which is building …");
    await sleep(LOOK_AGAIN_MS);
  }
}

async function build(root: string, program: string): Promise<void> {
  const child = fork(program, {
    cwd: root,
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new AppError("build_failed", { fields: { output } });
}

async function digestOf(root: string): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of await filesUnder(path.join(root, source))) {
      hash.update(path.relative(root, file));
      hash.update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

async function filesUnder(place: string): Promise<string[]> {
  if (!existsSync(place)) return [];
  const entries = await readdir(place, { withFileTypes: true, recursive: true }).catch(() => null);
  if (!entries) return [place];
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
