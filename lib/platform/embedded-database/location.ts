import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";

/** Where the embedded database of a data directory keeps its files, and how to reach it. */
export type EmbeddedLocation = {
  /** PostgreSQL's own directory. */
  files: string;
  /** Held locked by the process that has the files open; the kernel lets go of it when that process dies. */
  lock: string;
  /** Says who holds the lock, for people; not to be trusted for anything else. */
  holder: string;
  socketDirectory: string;
  socket: string;
  /** A connection string for pg and Prisma. */
  url: string;
};

// A socket's address holds about 100 bytes; a deeper data directory gets its socket in the temporary directory.
const MAX_SOCKET_PATH = 100;

export function embeddedLocation(dataDirectory: string): EmbeddedLocation {
  const root = path.resolve(dataDirectory);
  const short = path.join(tmpdir(), `avtrz-${createHash("sha256").update(root).digest("hex").slice(0, 12)}`);
  const near = path.join(root, "run");
  const socketDirectory = near.length + ".s.PGSQL.5432".length < MAX_SOCKET_PATH ? near : short;
  return {
    files: path.join(root, "postgres"),
    lock: path.join(root, "postgres.lock"),
    holder: path.join(root, "holder.json"),
    socketDirectory,
    socket: path.join(socketDirectory, ".s.PGSQL.5432"),
    url: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(socketDirectory)}&sslmode=disable`,
  };
}
