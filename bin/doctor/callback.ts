import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The loopback address that the browser brings the answer to (RFC 8252, 7.3). */
export type CallbackListener = {
  redirectUri: string;
  /** The parameters of the first answer; null when none came in time. */
  wait(seconds: number): Promise<URLSearchParams | null>;
  close(): void;
};

const PAGE =
  "<!doctype html><meta charset=utf-8><title>Avtrz</title><p>The answer has arrived. Go back to the terminal.</p>";

export async function listenForCallback(): Promise<CallbackListener> {
  let arrived: (answer: URLSearchParams) => void = () => undefined;
  const answer = new Promise<URLSearchParams>((resolve) => {
    arrived = resolve;
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname !== "/callback") return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html", "cache-control": "no-store", connection: "close" });
    response.end(PAGE);
    arrived(url.searchParams);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    wait(seconds) {
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(null), seconds * 1000);
        void answer.then((parameters) => {
          clearTimeout(timer);
          resolve(parameters);
        });
      });
    },
    close() {
      server.close();
      server.closeIdleConnections();
    },
  };
}
