import { vi } from "vitest";
import { runCommand } from "../../bin/program.ts";
import type { Config } from "../../lib/platform/config.ts";

type Outcome = { code: number; stdout: string; stderr: string };

/** Runs the operator's tool in this process, on the database, the data directory and the secret of `config`. */
export async function runTool(config: Config, ...parameters: string[]): Promise<Outcome> {
  const printed = { stdout: "", stderr: "" };
  const keep = (stream: keyof typeof printed, end: string) => (text: unknown) => {
    printed[stream] += `${text}${end}`;
    return true;
  };
  const spies = [
    vi.spyOn(console, "log").mockImplementation(keep("stdout", "\n")),
    vi.spyOn(console, "error").mockImplementation(keep("stderr", "\n")),
    vi.spyOn(process.stderr, "write").mockImplementation(keep("stderr", "")),
    vi.spyOn(process.stdout, "write").mockImplementation(keep("stdout", "")),
  ];
  vi.stubEnv("DATABASE_URL", config.databaseUrl ?? "");
  vi.stubEnv("AVTRZ_DATA_DIR", config.dataDirectory);
  vi.stubEnv("AVTRZ_SECRET", config.secret);
  vi.stubEnv("LOG_LEVEL", "silent");
  const exitCode = process.exitCode;
  try {
    return { code: await runCommand(parameters), ...printed };
  } finally {
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}

/** With --json: the document of a command that must succeed in silence. */
export async function ask<T = Record<string, unknown>>(config: Config, ...parameters: string[]): Promise<T> {
  const { code, stdout, stderr } = await runTool(config, ...parameters, "--json");
  if (code !== 0 || stderr) throw new Error(`exit code ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** With --json: the error of a command that must fail, with nothing on stdout. */
export async function refused(
  config: Config,
  ...parameters: string[]
): Promise<{ exit: number; code: string; message: string }> {
  const { code, stdout, stderr } = await runTool(config, ...parameters, "--json");
  if (stdout) throw new Error(`it printed: ${stdout}`);
  return { exit: code, ...JSON.parse(stderr).error };
}
