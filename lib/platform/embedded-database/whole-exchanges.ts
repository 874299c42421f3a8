import type { PGlite } from "@electric-sql/pglite";

/** Messages that a client sends before its Sync: parse, bind, describe, execute, close, flush. */
const UNFINISHED = new Set(Array.from("PBDECH", (letter) => letter.charCodeAt(0)));
const SYNC = new Uint8Array([0x53, 0, 0, 0, 4]);

/**
 * The database as pglite-socket must see it. All connections share one session, with one unnamed statement and one
 * unnamed portal, and pglite-socket keeps to one connection only while a transaction is open: another's parse could
 * come between a statement's parse and its bind, and callers would get each other's rows. Here an exchange counts as a
 * transaction from its first message to its Sync.
 */
export function withWholeExchanges(db: PGlite): PGlite {
  let isOpen = false;
  const own: Partial<PGlite> = {
    isInTransaction: () => isOpen || db.isInTransaction(),
    execProtocolRawStream(message, options) {
      isOpen = UNFINISHED.has(message[0] ?? 0);
      return db.execProtocolRawStream(message, options);
    },
    // Only called when a client has gone: what it left unfinished is ended first, or a rollback would be skipped.
    async exec(sql, options) {
      if (isOpen) await db.execProtocolRawStream(SYNC, { onRawData: () => undefined });
      isOpen = false;
      return db.isInTransaction() ? db.exec(sql, options) : [];
    },
  };
  return new Proxy(db, {
    get(target, name) {
      const value = Reflect.get(own, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
