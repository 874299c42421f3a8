import { execFile, spawn } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { freePort } from "../support/installation.ts";
import { firstAnswer } from "./measure.ts";

/** Builds and starts the Next application that does nothing; the yardstick on this machine. `/bare` redirects, `/page` renders. */
export async function startBareNext(closing: (() => unknown)[]): Promise<string> {
  const directory = path.join(import.meta.dirname, "bare-next");
  const next = path.join(import.meta.dirname, "../../node_modules/next/dist/bin/next");
  const environment = { ...process.env, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1" };
  await promisify(execFile)(process.execPath, [next, "build"], { cwd: directory, env: environment });
  const port = await freePort();
  const child = spawn(process.execPath, [next, "start", "-p", String(port)], {
    cwd: directory,
    stdio: "ignore",
    env: environment,
  });
  closing.push(() => child.kill());
  const url = `http://localhost:${port}`;
  await firstAnswer(`${url}/bare`);
  return url;
}
