import { spawn } from "node:child_process";
import path from "node:path";
import { freePort, ROOT, withoutSettings } from "./installation.ts";

export type NextHost = { url: string; stop(): Promise<void> };

/** Next alone, without our server, as any host that runs Next applications would start it; the build must be there. */
export async function startNextHost(environment: Record<string, string>): Promise<NextHost> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [path.join(ROOT, "node_modules/next/dist/bin/next"), "start", "--port", String(port)],
    {
      cwd: ROOT,
      env: { ...withoutSettings(process.env), NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
        if (output.includes("Ready in")) resolve();
      });
    }
    void ended.then(() => reject(new Error(`Next ended before it was ready:\n${output}`)));
  });
  return {
    url: `http://localhost:${port}`,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
