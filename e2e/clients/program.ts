import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT, withoutSettings } from "../support/installation.ts";

/** A folder that a program of others may fill, and an environment in which it finds no browser to open. */
export async function closedEnvironment(): Promise<{
  folder: string;
  environment: NodeJS.ProcessEnv & Record<string, string>;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), "avtrz-client-"));
  const opener = path.join(folder, "xdg-open");
  await writeFile(opener, "#!/bin/sh\nexit 0\n");
  await chmod(opener, 0o755);
  await symlink(opener, path.join(folder, "open"));
  await symlink(process.execPath, path.join(folder, "node"));
  return {
    folder,
    environment: {
      ...(withoutSettings(process.env) as NodeJS.ProcessEnv & Record<string, string>),
      PATH: folder,
      HOME: folder,
      BROWSER: opener,
      MCP_REMOTE_CONFIG_DIR: path.join(folder, "mcp-remote"),
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export type Ended = { code: number | null; stdout: string; stderr: string };

/** Runs a Node program of node_modules to its end, killed after `withinMs`. */
export async function runProgram(
  file: string,
  parameters: readonly string[],
  options: { environment?: NodeJS.ProcessEnv; withinMs?: number; onOutput?: (all: string) => void } = {},
): Promise<Ended> {
  const child: ChildProcess = spawn(process.execPath, [path.join(ROOT, file), ...parameters], {
    cwd: ROOT,
    env: options.environment ?? withoutSettings(process.env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("data", (chunk) => {
      heard[stream] += chunk;
      options.onOutput?.(heard.stdout + heard.stderr);
    });
  }
  const timer = setTimeout(() => child.kill("SIGKILL"), options.withinMs ?? 40_000);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  return { code, ...heard };
}

/** Calls back once with the first authorization address in what a program prints. */
export function onAuthorizationUrl(found: (address: string) => void): (all: string) => void {
  let told = false;
  return (all) => {
    const address = all.match(/https?:\/\/\S+\/oauth\/authorize\?\S+(?=\s)/)?.[0];
    if (!address || told) return;
    told = true;
    found(address);
  };
}
