/**
 * A load generator in a process of its own: `load.ts <url> <connections> <seconds> [--body=TEXT] [header: value …]`. Closed loop over
 * kept-alive sockets, so light that the server under test is the limit: it writes one prepared request and reads just
 * enough of each answer to know its status and its end. Prints one JSON document.
 */
import { connect, type Socket } from "node:net";

const BODY = "--body=";
const [target = "", connections = "1", seconds = "1", ...more] = process.argv.slice(2);
const body = more.find((one) => one.startsWith(BODY))?.slice(BODY.length);
const headers = more.filter((one) => !one.startsWith(BODY));
if (body !== undefined) headers.push(`Content-Length: ${Buffer.byteLength(body)}`);
const LAST_CHUNK = Buffer.from("0\r\n\r\n");
const url = new URL(target);
const request = Buffer.from(
  [
    `${body === undefined ? "GET" : "POST"} ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Connection: keep-alive",
    ...headers,
    "",
    body ?? "",
  ].join("\r\n"),
);
const statuses: Record<string, number> = {};
const latencies: number[] = [];
let errors = 0;
const started = performance.now();
const end = started + Number(seconds) * 1_000;

await Promise.all(Array.from({ length: Number(connections) }, runOne));
const elapsed = (performance.now() - started) / 1_000;
latencies.sort((a, b) => a - b);
const percentile = (share: number) =>
  latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
console.log(
  JSON.stringify({
    rate: latencies.length / elapsed,
    p50: percentile(0.5),
    p99: percentile(0.99),
    requests: latencies.length,
    statuses,
    errors,
  }),
);

function runOne(): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect({ port: Number(url.port), host: url.hostname, noDelay: true });
    let sentAt = 0;
    let waitingFor = 0;
    let head = Buffer.alloc(0);
    let chunked = false;
    const send = () => {
      if (performance.now() >= end) {
        socket.end();
        return resolve();
      }
      sentAt = performance.now();
      socket.write(request);
    };
    const done = () => {
      chunked = false;
      head = Buffer.alloc(0);
      latencies.push(performance.now() - sentAt);
      send();
    };
    socket.on("connect", send);
    socket.on("data", (chunk) => {
      if (chunked) {
        head = Buffer.concat([head, chunk]).subarray(-LAST_CHUNK.length);
        if (head.equals(LAST_CHUNK)) done();
        return;
      }
      if (waitingFor > 0) {
        waitingFor -= chunk.length;
        if (waitingFor <= 0) done();
        return;
      }
      head = head.length > 0 ? Buffer.concat([head, chunk]) : chunk;
      const endOfHead = head.indexOf("\r\n\r\n");
      if (endOfHead === -1) return;
      const text = head.toString("latin1", 0, endOfHead);
      const status = text.slice(9, 12);
      statuses[status] = (statuses[status] ?? 0) + 1;
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      chunked = length === undefined && /transfer-encoding/i.test(text);
      if (chunked) {
        head = head.subarray(-LAST_CHUNK.length);
        if (head.equals(LAST_CHUNK)) done();
        return;
      }
      waitingFor = endOfHead + 4 + Number(length ?? 0) - head.length;
      head = Buffer.alloc(0);
      if (waitingFor <= 0) done();
    });
    socket.on("error", () => {
      errors++;
      resolve();
    });
  });
}
