import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import http from "node:http";
import type { Services } from "../../lib/services.ts";
import { listen } from "./loopback.ts";
import { send, testServices } from "./services.ts";

export type Finding = { token: string; type: string; url: string; source: string };

/** A secret scanner of GitHub's shape: a server of public keys, and reports signed with ECDSA P-256 over the body. */
export type Scanner = {
  readonly identifier: string;
  /** How often the public keys were asked for. */
  asked(): number;
  /** Signs with a new key from now on, which the key server names too. */
  rotate(): void;
  sign(body: string): string;
  /** Services that believe this scanner. */
  services(overrides?: Parameters<typeof testServices>[1]): Promise<Services>;
  stop(): Promise<void>;
};

export async function startScanner(): Promise<Scanner> {
  const keys: { identifier: string; privateKey: KeyObject; pem: string }[] = [];
  let asked = 0;
  const rotate = () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    keys.unshift({ identifier: `key-${keys.length + 1}`, privateKey, pem });
  };
  rotate();
  const server = await listen(
    http.createServer((_request, response) => {
      asked++;
      const public_keys = keys.map((key, index) => ({
        key_identifier: key.identifier,
        key: key.pem,
        is_current: index === 0,
      }));
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ public_keys }));
    }),
  );
  const current = () => keys[0] as (typeof keys)[number];
  return {
    get identifier() {
      return current().identifier;
    },
    asked: () => asked,
    rotate,
    sign: (body) => createSign("sha256").update(body).sign(current().privateKey, "base64"),
    services: (overrides) =>
      testServices(
        {
          leakReportKeysUrl: `http://127.0.0.1:${server.port}/meta/public_keys/secret_scanning`,
          allowPrivateHosts: [`127.0.0.1:${server.port}`],
          rateLimits: { organization: 10_000, key: 10_000, user: 1_000, address: 1_000 },
        },
        overrides,
      ),
    stop: server.stop,
  };
}

export function findingOf(token: string): Finding {
  return { token, type: "avtrz_secret_key", url: "https://github.com/acme/app/blob/main/.env", source: "content" };
}

/** Sends a report as the scanner would; `headers` replace what it would send. */
export function report(
  services: Services,
  scanner: Scanner,
  body: string | Finding[],
  headers: Record<string, string> = {},
): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return send(services, "/api/leaked-keys", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "github-public-key-identifier": scanner.identifier,
      "github-public-key-signature": scanner.sign(text),
      ...headers,
    },
    body: text,
  });
}
