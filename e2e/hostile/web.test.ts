/** H-WEB: pages of a workspace asked for in every way Next knows, by somebody who is not signed in. */
import { readFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Installation, ROOT, removeData, startInstallation } from "../support/installation.ts";

const TELLTALE = "Telltale Harbour";
const NEEDS_SESSION = /^\/(\[workspace\]|workspaces$|onboarding)/;
let installation: Installation;
let pages: string[];

beforeAll(async () => {
  installation = await startInstallation({ environment: { LOG_LEVEL: "silent" } });
  const { id } = await installation.avtrz<{ id: string }>("org", "create", TELLTALE);
  await installation.avtrz("key", "create", "--org", id, "--type", "secret", "--name", "Telltale key");
  const { keys } = await installation.avtrz<{ keys: { id: string }[] }>("key", "list", "--org", id);
  const routes: string[] = Object.values(await builtFile("app-path-routes-manifest.json"));
  pages = routes
    .filter((route) => NEEDS_SESSION.test(route))
    .map((route) =>
      route
        .replace("[workspace]", id)
        .replace("[key]", keys[0]?.id ?? "")
        .replace(/\[\w+\]/g, "telltale"),
    );
}, 120_000);

afterAll(async () => {
  await installation.stop();
  await removeData(installation);
});

async function builtFile(name: string) {
  return JSON.parse(await readFile(path.join(ROOT, ".next", name), "utf8"));
}

const MIDDLEWARE = Array(5).fill("middleware").join(":");
const WAYS: [string, (page: string) => string, Record<string, string>][] = [
  ["as it is", (page) => page, {}],
  ["x-middleware-subrequest", (page) => page, { "x-middleware-subrequest": MIDDLEWARE }],
  [
    "src/middleware",
    (page) => page,
    { "x-middleware-subrequest": MIDDLEWARE.replaceAll("middleware", "src/middleware") },
  ],
  [".rsc", (page) => `${page}.rsc`, {}],
  ["RSC", (page) => `${page}?_rsc=1x2y3`, { rsc: "1" }],
  ["a prefetch", (page) => `${page}?_rsc=1x2y3`, { rsc: "1", "next-router-prefetch": "1" }],
  [
    "a segment's prefetch",
    (page) => `${page}?_rsc=1x2y3`,
    { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
  ],
  ["a segment's file", (page) => `${page}.segments/_tree.segment.rsc`, {}],
  ["__nextDataReq", (page) => `${page}?__nextDataReq=1`, { "x-nextjs-data": "1" }],
  ["_next/data", (page) => `/_next/data/build${page}.json`, { "x-nextjs-data": "1" }],
  ["two slashes", (page) => `/${page}`, {}],
  ["%2e%2e", (page) => `/docs/%2e%2e${page}`, {}],
  ["capitals", (page) => page.toUpperCase(), {}],
  [
    "a parameter of Next's",
    (page) => `${page}?nxtPworkspace=org_x&workspace=org_x`,
    { "x-matched-path": "/[workspace]/members" },
  ],
  ["another's cookie", (page) => page, { cookie: `avtrz.session=${"A".repeat(43)}` }],
];

test.each(WAYS)("H-WEB-107 without a session no page tells anything, asked for with %s", async (_way, at, headers) => {
  expect(pages.length).toBeGreaterThan(3);
  for (const page of pages) {
    let answer = await fetch(`${installation.url}${at(page)}`, { headers, redirect: "manual" });
    // Next names a payload's address its own way before it answers.
    const named = answer.headers.get("location") ?? "";
    if (named.startsWith("/") && named.split("?")[0] === page)
      answer = await fetch(installation.url + named, { headers, redirect: "manual" });
    const body = await answer.text();
    expect([page, body.includes("Telltale")]).toEqual([page, false]);
    // A prefetch of a page that is made for each request is told the shape of its address, and nothing made for it.
    if (headers["next-router-prefetch"] && answer.status === 200) expect(body.length).toBeLessThan(4_096);
    else expect([page, ledTo(answer, body)]).toEqual([page, expect.stringMatching(/^(sign-in|elsewhere|nothing)$/)]);
  }
});

/** To sign in, to the same page under its proper name, or to nothing at all; said by headers or by Next's payload. */
function ledTo(answer: Response, body: string): string {
  const location = answer.headers.get("location") ?? "";
  const payload = answer.headers.get("content-type")?.startsWith("text/x-component") ?? false;
  if (/\/sign-in\b/.test(location) || (payload && /NEXT_REDIRECT;\w+;[^;]*\/sign-in/.test(body))) return "sign-in";
  if (answer.status === 404 || answer.status === 400 || (payload && body.includes("NEXT_HTTP_ERROR_FALLBACK;404")))
    return "nothing";
  return answer.status === 308 && location.startsWith("/") ? "elsewhere" : `${answer.status} ${location}`;
}

describe("H-WEB-109 what nobody of ours sends to a page", () => {
  const shapes: [string, string, string | Uint8Array<ArrayBuffer>][] = [
    [
      "React2Shell",
      "multipart/form-data; boundary=x",
      part(
        "0",
        '{"then":"$1:__proto__:then","status":"resolved_model","reason":-1,"value":"{}","_response":{"_prefix":"process.exit(1)//","_formData":{"get":"$1:constructor:constructor"}}}',
      ) +
        part("1", '"$@0"') +
        "--x--\r\n",
    ],
    ["a cycle", "multipart/form-data; boundary=x", `${part("0", '"$1"')}${part("1", '"$0"')}--x--\r\n`],
    ["a function reference", "text/plain;charset=UTF-8", '["$F1"]'],
    ["deep nesting", "text/plain;charset=UTF-8", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["10 MB", "text/plain;charset=UTF-8", Buffer.alloc(10 * 1024 * 1024, "[")],
    ["no body", "text/plain;charset=UTF-8", ""],
  ];
  function part(name: string, value: string): string {
    return `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  }

  test.each(shapes)("%s: refused, and the server goes on at once", async (_shape, type, body) => {
    for (const page of ["/", "/sign-in", pages[0] ?? ""]) {
      const sent = fetch(`${installation.url}${page}`, {
        method: "POST",
        headers: { "content-type": type, "next-action": "40".repeat(21), origin: installation.url },
        body,
        redirect: "manual",
      });
      const healthy = await fetch(`${installation.url}/healthz`);
      expect(healthy.status).toBe(200);
      const answer = await sent;
      const told = await answer.text();
      expect([page, answer.status]).toEqual([
        page,
        expect.toSatisfy((status: number) => status >= 300 && status < 500),
      ]);
      expect(told).not.toContain("Telltale");
    }
  });
});

test("H-WEB-112 no page of a workspace is made ahead, and none may be kept by anybody between", async () => {
  const { routes, dynamicRoutes } = await builtFile("prerender-manifest.json");
  for (const route of [...Object.keys(routes), ...Object.keys(dynamicRoutes)])
    expect(route).not.toMatch(/\[workspace\]|workspaces|onboarding|sign-in|invite|authorize/);
  for (const page of pages) {
    const answer = await fetch(`${installation.url}${page}`, { redirect: "manual" });
    await answer.body?.cancel();
    expect([page, answer.headers.get("cache-control")]).toEqual([page, expect.stringMatching(/private|no-store/)]);
  }
});

test("H-WEB-113 a request for another host, or an upgrade, leads nowhere else", async () => {
  const spoofed = await raw(`GET ${pages[0]} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`);
  expect(spoofed).toMatch(/^HTTP\/1\.1 (307|400|421)/);
  expect(spoofed).not.toMatch(/location: \S*evil\.example/i);
  const absolute = await raw(
    "GET http://169.254.169.254/latest/ HTTP/1.1\r\nhost: evil.example\r\nupgrade: websocket\r\nconnection: upgrade\r\n" +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  expect(absolute).toBe("");
  expect(await raw("GET http://169.254.169.254/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).toMatch(
    /^HTTP\/1\.1 400/,
  );
  expect((await fetch(`${installation.url}/healthz`)).status).toBe(200);
});

/** Sends bytes as they are; what came back until the other side closed. */
function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = net.connect(Number(new URL(installation.url).port), "localhost", () => socket.write(request));
    socket.setTimeout(10_000, () => socket.destroy(new Error("it did not answer")));
    socket.on("data", (chunk) => (answer += chunk));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" ? resolve(answer) : reject(error),
    );
    socket.once("close", () => resolve(answer));
  });
}
