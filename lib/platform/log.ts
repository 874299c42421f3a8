import pino, { type Logger } from "pino";
import pretty from "pino-pretty";
import type { Config } from "./config.ts";

export type Log = Logger;

// Whatever carries one of these names never reaches a log line.
const SECRET_FIELDS = [
  "apiKey",
  "authorization",
  "secret",
  "token",
  "cookie",
  "*.apiKey",
  "*.authorization",
  "*.token",
];

/** Lines of JSON on stderr, or short readable lines where a person is watching. stdout belongs to the program's output. */
export function createLog(level: Config["logLevel"], name: string): Log {
  const options = { level, name, redact: SECRET_FIELDS, base: null };
  return process.stderr.isTTY
    ? pino(options, pretty({ destination: 2, sync: true, ignore: "pid,hostname", translateTime: "HH:MM:ss" }))
    : pino(options, pino.destination({ dest: 2, sync: false }));
}
