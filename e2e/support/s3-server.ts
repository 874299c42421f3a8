import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import S3rver from "s3rver";
import { onTestFinished } from "vitest";
import type { Config } from "../../lib/platform/config.ts";
import { listen } from "./loopback.ts";

const CREDENTIALS = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };

export type S3Server = {
  config: NonNullable<Config["storage"]["s3"]>;
  /** Where the server keeps what it was given. */
  directory: string;
  /** Answers in its place from now on; null lets it answer again. */
  interrupt(answer: http.RequestListener | null): void;
};

/** A real S3-compatible server (it checks signatures) with an empty bucket, until the test ends. */
export async function startS3Server(): Promise<S3Server> {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-s3-"));
  const s3 = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: "avtrz", configs: [] }],
  });
  await s3.configureBuckets();
  let interruption: http.RequestListener | null = null;
  const callback = s3.callback();
  const { port, stop } = await listen(
    http.createServer((request, response) => (interruption ?? callback)(request, response)),
  );
  onTestFinished(async () => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  });
  return {
    directory,
    config: {
      bucket: "avtrz",
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: CREDENTIALS,
      prefix: "",
    },
    interrupt: (listener) => {
      interruption = listener;
    },
  };
}
