import { createHash } from "node:crypto";
import { existsSync, realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { PersonaError } from "../../../lib/personas/index.ts";

/**
 * Runs `work` while no other process of this machine runs any under the same name. The lock is an address that the
 * process listens at: of two one gets it, and whoever is killed lets go of it with everything else. Throws PersonaError
 * `busy` when another has it.
 */
export async function withLock<Result>(name: string, avatar: string, work: () => Promise<Result>): Promise<Result> {
  const address = addressOf(name);
  const server = (await listen(address)) ?? ((await isLeftBehind(address)) ? await listen(address) : null);
  if (!server) throw new PersonaError("busy", { avatar });
  try {
    return await work();
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** The name of what is locked: a folder, however it is spelled. */
export function folderLock(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : path.resolve(folder);
}

// Linux and Windows have addresses that no file stands for, and that end with their process.
function addressOf(name: string): string {
  const key = `avatar-sdk-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
  if (process.platform === "linux") return `\0${key}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${key}`;
  return path.join(tmpdir(), `${key}.sock`);
}

/** Null when somebody listens there, or did. */
function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** Elsewhere a process that was killed leaves a file, at which nobody answers. Removes it. */
async function isLeftBehind(address: string): Promise<boolean> {
  if (!address.endsWith(".sock")) return false;
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(address, () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
  if (!answered) rmSync(address, { force: true });
  return !answered;
}
