import net from "node:net";
import { type Loopback, listen } from "./loopback.ts";

/**
 * As much of Redis as a rate limiter uses, where no real one is at hand: RESP arrays of bulk strings in; INFO for the
 * client's readiness, and EVAL and EVALSHA of the sliding window, answered with what is left and the limit.
 */
export function startRedisStandIn(): Promise<Loopback> {
  const used = new Map<string, number>();
  const server = net.createServer((socket) => {
    let waiting = "";
    socket.on("data", (chunk) => {
      waiting += chunk.toString("latin1");
      for (let command = take(); command; command = take()) socket.write(answer(command), "latin1");
    });

    function take(): string[] | undefined {
      const count = /^\*(\d+)\r\n/.exec(waiting);
      if (!count) return undefined;
      const words: string[] = [];
      let at = count[0].length;
      while (words.length < Number(count[1])) {
        const size = /^\$(\d+)\r\n/.exec(waiting.slice(at, at + 20));
        if (!size) return undefined;
        const start = at + size[0].length;
        at = start + Number(size[1]) + 2;
        if (at > waiting.length) return undefined;
        words.push(waiting.slice(start, at - 2));
      }
      waiting = waiting.slice(at);
      return words;
    }
  });

  function answer([name = "", , keys = "0", key = "", ...rest]: string[]): string {
    if (/^info$/i.test(name)) return "$9\r\nloading:0\r\n";
    if (!/^eval(sha)?$/i.test(name)) return "+OK\r\n";
    const limit = Number(rest[Number(keys) - 1]);
    const count = (used.get(key) ?? 0) + 1;
    used.set(key, count);
    return `*2\r\n:${Math.max(-1, limit - count)}\r\n:${limit}\r\n`;
  }

  return listen(server);
}
