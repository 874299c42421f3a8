import http from "node:http";
import { onTestFinished } from "vitest";
import { listen } from "./loopback.ts";

export type Received = { headers: Record<string, string>; body: string; at: number };

/** A program of a customer's that takes webhooks, until the test ends. `answer` says what it makes of each. */
export async function startWebhookReceiver(
  answer: (received: Received, response: http.ServerResponse) => void = (_, response) => void response.end("thanks"),
): Promise<{ url: string; host: string; received: Received[]; answer(next: typeof answer): void }> {
  const received: Received[] = [];
  let answering = answer;
  const server = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const one = { headers: request.headers as Record<string, string>, body, at: Date.now() };
    received.push(one);
    answering(one, response);
  });
  const { port, stop } = await listen(server);
  onTestFinished(stop);
  const host = `127.0.0.1:${port}`;
  return {
    url: `http://${host}/hooks?token=in-the-path`,
    host,
    received,
    answer: (next) => {
      answering = next;
    },
  };
}
