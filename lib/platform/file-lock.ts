import { DatabaseSync } from "node:sqlite";

const SQLITE_BUSY = 5;

/**
 * Locks a file for this process alone, made if need be; the kernel lets go of it when the process dies. Null when
 * another process still holds it after `waitMs`. Throws when the file cannot be written.
 */
export function lockFile(file: string, waitMs: number): { release(): void } | null {
  const handle = new DatabaseSync(file, { timeout: waitMs });
  try {
    handle.exec("pragma locking_mode = exclusive; begin exclusive");
    return { release: () => handle.close() };
  } catch (error) {
    handle.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
}
