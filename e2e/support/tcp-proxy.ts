import net from "node:net";
import { type Loopback, listen } from "./loopback.ts";

/** A wire that can be cut: a TCP server on loopback in front of another one, or of a socket file. */
export type TcpProxy = Loopback & {
  /** Resets every connection, and each new one, until `restore`. */
  cut(): void;
  /** Holds back every answer for so long. */
  delay(milliseconds: number): void;
  /** Undoes both. */
  restore(): void;
};

export async function startTcpProxy(target: net.NetConnectOpts): Promise<TcpProxy> {
  const pairs = new Set<net.Socket[]>();
  let isCut = false;
  let delayMs = 0;
  const server = net.createServer((client) => {
    if (isCut) {
      client.resetAndDestroy();
      return;
    }
    const upstream = net.connect(target);
    const pair = [client, upstream];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => undefined);
      socket.on("close", () => {
        for (const one of pair) one.destroy();
        pairs.delete(pair);
      });
    }
    client.pipe(upstream);
    upstream.on("data", (chunk) => {
      if (delayMs === 0) client.write(chunk);
      else setTimeout(() => client.writable && client.write(chunk), delayMs);
    });
  });
  const resetAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
  };
  return {
    ...(await listen(server)),
    cut() {
      isCut = true;
      resetAll();
    },
    delay(milliseconds) {
      delayMs = milliseconds;
    },
    restore() {
      isCut = false;
      // What was held back would come after newer answers.
      if (delayMs > 0) resetAll();
      delayMs = 0;
    },
  };
}
