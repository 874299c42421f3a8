import { once } from "node:events";
import type { Server, Socket } from "node:net";

/** A server of a test on a free port of 127.0.0.1. */
export type Loopback = {
  readonly port: number;
  /** Connections that are open now. */
  open(): number;
  /** Connections there have been. */
  accepted(): number;
  stop(): Promise<void>;
};

export async function listen(server: Server): Promise<Loopback> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on("connection", (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    open: () => sockets.size,
    accepted: () => accepted,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
