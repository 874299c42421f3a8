import { createHash, createHmac } from "node:crypto";
import http from "node:http";
import { onTestFinished } from "vitest";
import type { Config } from "../../lib/platform/config.ts";
import { listen } from "./loopback.ts";

const CREDENTIALS = { accessKeyId: "AKIDTEST", secretAccessKey: "the secret of the contract" };
const PAGE = 1_000;

/**
 * What the documentation of S3 says of the five commands that are used, where s3rver is lax: signatures (Signature Version
 * 4) are checked, lists come in pages of 1,000, and one bucket exists. Objects are in memory.
 * Source: docs.aws.amazon.com/AmazonS3/latest/API (PutObject, GetObject, DeleteObject, ListObjectsV2, sig-v4-header-based-auth)
 */
export async function startS3Contract(): Promise<{
  config: NonNullable<Config["storage"]["s3"]>;
  pages: () => number;
}> {
  const objects = new Map<string, { bytes: Buffer; metadata: Record<string, string> }>();
  let pages = 0;
  const server = http.createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const url = new URL(request.url ?? "/", "http://s3.test");
    const fail = (status: number, code: string) =>
      response
        .writeHead(status, { "content-type": "application/xml" })
        .end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
    const refusal = signatureProblem(request, url, body);
    if (refusal) return fail(403, refusal);
    const [, bucket, ...rest] = url.pathname.split("/");
    const key = decodeURIComponent(rest.join("/"));
    if (bucket !== "avtrz") return fail(404, "NoSuchBucket");
    if (request.method === "PUT") {
      const metadata = Object.fromEntries(
        Object.entries(request.headers).flatMap(([name, value]) =>
          name.startsWith("x-amz-meta-") ? [[name, String(value)]] : [],
        ),
      );
      objects.set(key, { bytes: body, metadata });
      return response.writeHead(200, { etag: '"1"' }).end();
    }
    if (request.method === "DELETE") {
      objects.delete(key);
      return response.writeHead(204).end();
    }
    if (key === "") return list(url.searchParams);
    const object = objects.get(key);
    if (!object) return fail(404, "NoSuchKey");
    response.writeHead(200, { ...object.metadata, "content-length": object.bytes.length }).end(object.bytes);

    function list(query: URLSearchParams): void {
      pages++;
      const prefix = query.get("prefix") ?? "";
      const after = Buffer.from(query.get("continuation-token") ?? "", "base64").toString();
      const keys = [...objects.keys()].filter((one) => one.startsWith(prefix) && one > after).sort();
      const page = keys.slice(0, PAGE);
      const more = keys.length > PAGE;
      const token = Buffer.from(page.at(-1) ?? "").toString("base64");
      response
        .writeHead(200, { "content-type": "application/xml" })
        .end(
          `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>avtrz</Name><KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>${
            more ? `<NextContinuationToken>${token}</NextContinuationToken>` : ""
          }${page.map((one) => `<Contents><Key>${one}</Key><Size>1</Size></Contents>`).join("")}</ListBucketResult>`,
        );
    }
  });
  const { port, stop } = await listen(server);
  onTestFinished(stop);
  return {
    config: {
      bucket: "avtrz",
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-test-1",
      credentials: CREDENTIALS,
      prefix: "",
    },
    pages: () => pages,
  };
}

function signatureProblem(request: http.IncomingMessage, url: URL, body: Buffer): string | null {
  const [, id, day, region, signedHeaders = "", signature] =
    /Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
      request.headers.authorization ?? "",
    ) ?? [];
  if (!signature) return "AccessDenied";
  if (id !== CREDENTIALS.accessKeyId) return "InvalidAccessKeyId";
  const payload = String(request.headers["x-amz-content-sha256"]);
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256(body)) return "XAmzContentSHA256Mismatch";
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const headers = signedHeaders.split(";").map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, url.pathname, query, headers.join(""), signedHeaders, payload].join("\n");
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const key = [day, region, "s3", "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(String(part)).digest(),
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  return createHmac("sha256", key).update(text).digest("hex") === signature ? null : "SignatureDoesNotMatch";
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
