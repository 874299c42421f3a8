import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { describe, expect, test, vi } from "vitest";
import { setUpEnrichment } from "../support/enrichment.ts";
import { drawPhoto } from "../support/photos.ts";
import { getAvatar, ledgerOf, newUsername, used, workspace } from "../support/services.ts";
import { UNIPILE_HOST } from "../support/unipile-server.ts";

/** Small, so that what must be cut off is cut off soon. */
const DEADLINE_MS = 800;
const DAY_MS = 86_400_000;
const JPEG = { "content-type": "image/jpeg" };
const parts = setUpEnrichment({ lookUpDeadlineMs: DEADLINE_MS });
const photo = drawPhoto();

let hosts = 0;
/** A person whose photo is at `/photo` of a new site, which answers so. */
async function personWithPhotoFrom(answer: RequestListener, certificate?: { cert: string; key: string }) {
  const host = `media${hosts++}.example`;
  const site = await parts.internet.site(host, answer, certificate);
  return { username: personWithPhotoAt(`https://${host}/photo`), site, host };
}

function personWithPhotoAt(url: string): string {
  const username = newUsername("network");
  parts.unipile.set(username, { kind: "found", profile: { profile_picture_url_large: url, profile_picture_url: url } });
  return username;
}

/** Asks for somebody nobody knows yet: initials, at once, whatever the provider does. */
async function firstAnswer(username: string): Promise<void> {
  const started = performance.now();
  const response = await getAvatar(parts.web, { key: parts.home.key, username });
  expect([response.status, response.headers.get("x-avatar-status")]).toEqual([200, "enriching"]);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.text()).toMatch(/^<svg /);
  expect(performance.now() - started).toBeLessThan(DEADLINE_MS);
}

type JobRow = { state: string; reason: string | null };

/** The job of a person, once it has been tried and its try has ended. */
function triedJob(username: string): Promise<JobRow> {
  return vi.waitFor(
    async () => {
      const [job] = await parts.web.db.query<JobRow>(
        `select state::text as state, output->>'reason' as reason from pgboss.job
         where name = 'enrich' and data->>'username' = $1`,
        [username],
      );
      if (!job || ["created", "active"].includes(job.state)) throw new Error(`the job of ${username} is ${job?.state}`);
      return job;
    },
    { timeout: 15_000, interval: 50 },
  );
}

async function profileOf(username: string) {
  return (await parts.web.db.prisma()).profile.findUnique({ where: { username } });
}

/** Nothing provider-side is paused for the tests that follow. */
async function forgetFailures(): Promise<void> {
  await parts.web.db.query("delete from provider_state");
  await parts.web.db.query("delete from pgboss.job where state = 'retry'");
}

test("H-IMG-83: the stand-ins serve a photo, so what fails below fails for its own reason", async () => {
  const bytes = await photo;
  const { username } = await personWithPhotoFrom((_request, response) => response.writeHead(200, JPEG).end(bytes));
  await firstAnswer(username);
  const answer = await parts.settled(username);
  expect(answer.status).toBe(302);
  expect(answer.headers.get("location")).toMatch(/^\/cdn\/[0-9a-f]{64}\/128\.webp$/);
});

describe("H-IMG-81: a photo host that takes its time is cut off", () => {
  const drip = (response: ServerResponse, write: () => void) => {
    const timer = setInterval(write, 20);
    response.once("close", () => clearInterval(timer));
  };
  const SLOW: [string, RequestListener][] = [
    [
      "never ends its headers",
      (request, response) => drip(response, () => request.socket.write("HTTP/1.1 200 OK\r\nX-")),
    ],
    ["sends a byte at a time", (_, response) => drip(response.writeHead(200, JPEG), () => response.write("x"))],
    ["sends 200 and falls silent", (_, response) => void response.writeHead(200, JPEG).flushHeaders()],
    ["never ends its body", (_, response) => pour(response.writeHead(200, JPEG))],
  ];

  test("all at once: initials each time, every socket closed, the job ends within the deadline", async () => {
    const people = await Promise.all(SLOW.map(([, answer]) => personWithPhotoFrom(answer)));
    const started = performance.now();
    for (const { username } of people) await firstAnswer(username);
    await Promise.all(people.map(({ username }) => triedJob(username)));
    // Two batches at most, each with one deadline, on a machine that is busy with other things.
    expect(performance.now() - started).toBeLessThan(2 * DEADLINE_MS + 6_000);
    for (const { site } of people) {
      expect(site.accepted()).toBe(1);
      await vi.waitFor(() => expect(site.open()).toBe(0));
    }
    // What is known by now is a name without a photo; nobody is left waiting for ever, and each request cost one unit.
    for (const { username } of people) expect((await profileOf(username))?.photoSha256).toBeNull();
    await forgetFailures();
  });

  test("so is a provider that says nothing", async () => {
    const username = newUsername("silent");
    parts.unipile.set(username, { kind: "silence" });
    await firstAnswer(username);
    expect(await triedJob(username)).toMatchObject({ state: "retry", reason: "no provider has answered yet" });
    await vi.waitFor(() => expect(parts.unipile.open()).toBe(0));
    const state = (await parts.web.enrichment.states.list(["unipile"]))[0];
    expect(state).toMatchObject({ lastOutcome: "transient", pausedUntil: null });
    expect(state?.lastDetail).toContain("did not answer in time");
    await forgetFailures();
  });
});

function pour(response: ServerResponse): void {
  const write = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  };
  response.on("drain", write);
  write();
}

describe("H-IMG-82: redirects of a photo host", () => {
  const to = (location: string): RequestListener => {
    return (_request, response) => void response.writeHead(302, { location, "set-cookie": "a=b; Path=/" }).end();
  };

  test("three are followed over https, without cookies and without the provider's key", async () => {
    const bytes = await photo;
    const seen: IncomingMessage["headers"][] = [];
    const { username, host } = await personWithPhotoFrom((request, response) => {
      seen.push(request.headers);
      const hop = Number(/\d$/.exec(request.url ?? "")?.[0] ?? 0);
      if (hop === 3) response.writeHead(200, JPEG).end(bytes);
      else to(`https://${host}/hop${hop + 1}`)(request, response);
    });
    await firstAnswer(username);
    expect((await parts.settled(username)).status).toBe(302);
    expect(seen).toHaveLength(4);
    for (const headers of seen) expect(Object.keys(headers).join()).not.toMatch(/cookie|authorization|x-api-key/);
  });

  test.each([
    ["without end", (host: string) => `https://${host}/again`],
    ["to a file", () => "file:///etc/passwd"],
    ["to this machine", () => "https://127.0.0.1/"],
    ["to the metadata service", () => "https://169.254.169.254/latest/meta-data/"],
    ["to a private name", () => "https://intranet.example/"],
    ["down to http", (host: string) => `http://${host}/photo`],
  ])("%s lead nowhere: initials, and the person is looked up again after a day", async (_what, location) => {
    parts.internet.names.set("intranet.example", ["10.0.0.7"]);
    const dialed = parts.internet.dialed.length;
    const { username, site } = await personWithPhotoFrom((request, response) => to(location(host))(request, response));
    const host = `media${hosts - 1}.example`;
    await firstAnswer(username);
    const answer = await parts.settled(username);
    expect([answer.status, answer.headers.get("x-avatar-status")]).toEqual([200, "not_found"]);
    const reached = parts.internet.dialed.slice(dialed).filter((address) => /^(10|127|169)\./.test(address));
    expect(reached).toEqual([]);
    expect(site.accepted()).toBeLessThanOrEqual(4);
  });
});

describe("H-IMG-83: a provider or photo host that fails", () => {
  test.each([404, 410, 403])("%i for the photo is no photo, not a fault", async (status) => {
    const { username } = await personWithPhotoFrom((_request, response) => response.writeHead(status).end("no"));
    await firstAnswer(username);
    expect((await parts.settled(username)).headers.get("x-avatar-status")).toBe("not_found");
    const profile = await profileOf(username);
    expect(profile).toMatchObject({ status: "resolved", photoSha256: null, queuedAt: null });
  });

  test("what passes is tried again: 429, 500, a reset in mid-body, a bad certificate, a name that does not exist", async () => {
    const yesterday = { notBefore: new Date(Date.now() - 2 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) };
    const fine: RequestListener = async (_request, response) => response.writeHead(200, JPEG).end(await photo);
    const fails = (status: number): RequestListener => {
      return (_request, response) => void response.writeHead(status, { "retry-after": "7" }).end();
    };
    const reset: RequestListener = (request, response) => {
      response.writeHead(200, { ...JPEG, "content-length": 10_000 });
      response.write("half", () => request.socket.destroy());
    };
    const { authority } = parts.internet;
    const people = await Promise.all([
      personWithPhotoFrom(fails(429)),
      personWithPhotoFrom(fails(500)),
      personWithPhotoFrom(reset),
      personWithPhotoFrom(fine, authority.issue(`media${hosts}.example`, yesterday)),
      personWithPhotoFrom(fine, authority.issue("other.example")),
      { username: personWithPhotoAt("https://nobody.example/photo") },
    ]);
    for (const { username } of people) await firstAnswer(username);
    for (const { username } of people) expect((await triedJob(username)).state).toBe("retry");

    // The hosts stay as they are: after the last attempt the person stands without a photo, for a day or so.
    for (let attempt = 0; attempt < 4; attempt++) {
      await parts.hurryRetries();
      for (const { username } of people) await triedJob(username);
      await vi.waitFor(async () => {
        const [row] = await parts.web.db.query<{ n: number }>(
          "select count(*)::int as n from pgboss.job where name = 'enrich' and (state in ('created','active') or (state = 'retry' and start_after <= now()))",
        );
        expect(row?.n).toBe(0);
      }, 15_000);
    }
    const stale = await Promise.all(
      people.map(async ({ username }) => (await profileOf(username))?.staleAt?.getTime()),
    );
    for (const { username } of people) {
      expect((await parts.settled(username)).headers.get("x-avatar-status")).toBe("not_found");
      expect((await profileOf(username))?.photoSha256).toBeNull();
    }
    for (const at of stale) {
      expect(at).toBeGreaterThan(parts.clock.now() + 0.89 * DAY_MS);
      expect(at).toBeLessThan(parts.clock.now() + 1.11 * DAY_MS);
    }
    expect(new Set(stale).size, "misses of one moment do not all come back at once").toBe(people.length);
  });

  test("five failures in a row pause the provider; callers go on getting initials, and nobody asks it", async () => {
    await forgetFailures();
    const api = parts.internet.names.get(UNIPILE_HOST) ?? [];
    const gone = ["93.184.216.250"];
    parts.internet.names.set(UNIPILE_HOST, gone);
    const people = Array.from({ length: 5 }, () => newUsername("down"));
    for (const username of people) await firstAnswer(username);
    for (const username of people) expect((await triedJob(username)).state).toBe("retry");
    const [state] = await parts.web.enrichment.states.list(["unipile"]);
    expect(state).toMatchObject({ lastOutcome: "transient" });
    expect(Date.parse(state?.pausedUntil ?? "")).toBeGreaterThan(parts.clock.now());

    parts.internet.names.set(UNIPILE_HOST, api);
    const calls = parts.unipile.calls.length;
    const late = newUsername("late");
    parts.unipile.set(late, { kind: "found" });
    await firstAnswer(late);
    expect((await triedJob(late)).state).toBe("retry");
    expect(parts.unipile.calls).toHaveLength(calls);

    // After the pause one caller tries the provider out; it shall be this one.
    await parts.web.db.query("delete from pgboss.job where state = 'retry' and data->>'username' = any($1::text[])", [
      people,
    ]);
    parts.clock.advance(31_000);
    await parts.hurryRetries();
    expect((await parts.settled(late)).status).toBe(302);
    await forgetFailures();
  });

  test("every request cost one unit and is recorded by what its caller saw", async () => {
    const { id, key } = await workspace(parts.web);
    const username = newUsername("charged");
    parts.unipile.set(username, { kind: "error", status: 500, type: null });
    await getAvatar(parts.web, { key, username });
    expect((await triedJob(username)).state).toBe("retry");
    await getAvatar(parts.web, { key, username });
    expect(await used(parts.web, id)).toBe(2);
    expect((await ledgerOf(parts.web, id)).map((row) => row.outcome)).toEqual(["enriching", "enriching"]);
    await forgetFailures();
  });
});
