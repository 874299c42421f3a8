import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import packageJson from "../../package.json" with { type: "json" };

export const ROOT = path.join(import.meta.dirname, "../..");
/** As `npm start` has them. */
const FLAGS = packageJson.scripts.start.match(/--max\S+/g) ?? [];

/** An Avtrz as an operator runs it: every process, on a port and a data directory of its own. */
export type Installation = {
  url: string;
  dataDirectory: string;
  /** What the terminal showed, both streams. */
  output(): string;
  /** The process that `npm start` becomes; the others are its children. */
  pid: number;
  /** Runs the operator's tool on this installation with --json; rejects with its exit code and output. */
  avtrz<T = unknown>(...parameters: string[]): Promise<T>;
  /** Ends it as Ctrl-C would, and waits. The data directory stays. */
  stop(): Promise<void>;
  /** kill -9 of the main process alone. */
  kill(): Promise<void>;
  exited(): Promise<number | null>;
};

export type InstallationOptions = {
  environment?: Record<string, string | undefined>;
  dataDirectory?: string;
  port?: number;
  /** Wait until it serves (default), or return at once. */
  wait?: boolean;
  /** What a person types to start it; by default what that becomes. */
  command?: string;
};

/** Starts an installation; the build must be there already. */
export async function startInstallation(options: InstallationOptions = {}): Promise<Installation> {
  const port = options.port ?? (await freePort());
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(path.join(tmpdir(), "avtrz-run-")));
  const environment: NodeJS.ProcessEnv = {
    ...withoutSettings(process.env),
    PORT: String(port),
    AVTRZ_DATA_DIR: dataDirectory,
    NODE_ENV: "production",
    ...options.environment,
  };
  // Whoever types a command has none, and with it npm would leave out what the tests are made of.
  if (options.command) Reflect.deleteProperty(environment, "NODE_ENV");
  const [program, parameters] = options.command
    ? ["bash", ["-c", options.command]]
    : [process.execPath, [...FLAGS, path.join(ROOT, "scripts/start.ts")]];
  const child = spawn(program, parameters, {
    cwd: ROOT,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (options.wait !== false) await serving(child, () => output);

  return {
    url: `http://localhost:${port}`,
    dataDirectory,
    output: () => output,
    pid: child.pid ?? 0,
    async avtrz<T>(...parameters: string[]): Promise<T> {
      const run = promisify(execFile)(process.execPath, [path.join(ROOT, "bin/avtrz.ts"), ...parameters, "--json"], {
        cwd: ROOT,
        env: environment,
        maxBuffer: 64 * 1024 * 1024,
      });
      return JSON.parse((await run).stdout) as T;
    },
    async stop() {
      child.kill("SIGTERM");
      await exit;
    },
    async kill() {
      child.kill("SIGKILL");
      await exit;
    },
    exited: () => exit,
  };
}

/** Removes what an installation has written. */
export async function removeData(installation: Installation): Promise<void> {
  await rm(installation.dataDirectory, { recursive: true, force: true, maxRetries: 5 });
}

/** A port nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The process ids of a process and of all below it. */
export async function processTree(pid: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-eo", "pid=,ppid="]);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [pid];
  for (const parent of tree) tree.push(...pairs.filter(([, ppid]) => ppid === parent).map(([child = 0]) => child));
  return tree;
}

/** Whether a process of that id exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function serving(child: ChildProcess, output: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it did not start within 120 s:\n${output()}`)), 120_000);
    const look = () => {
      if (!output().includes("Avtrz is running")) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout?.on("data", look);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`it ended with code ${code}:\n${output()}`));
    });
  });
}

/** The tests' own environment must not configure what is tested. */
export function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign =
    /^(AVTRZ_|UNIPILE_|ENRICHLAYER_|PEOPLEDATALABS_|APOLLO_|GRAVATAR_|GITHUB_API_|UPSTASH_|DATABASE_URL$|REDIS_URL$|PUBLIC_URL$|PORT$|HOST$|LOG_LEVEL$|VITEST|NODE_OPTIONS$|TEST$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !foreign.test(name))) as NodeJS.ProcessEnv;
}
