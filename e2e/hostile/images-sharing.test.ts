import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { setUpEnrichment } from "../support/enrichment.ts";
import { importPhotos } from "../support/people.ts";
import { drawPhoto } from "../support/photos.ts";
import { getAvatar, newUsername, send, used, workspace } from "../support/services.ts";

const parts = setUpEnrichment();

/** A person with a photo of their own that the provider knows; `location` is where the picture is. */
async function resolvedPerson(prefix: string) {
  const username = newUsername(prefix);
  parts.unipile.set(username, { kind: "found" });
  parts.unipile.setPhoto(username, { bytes: await drawPhoto() });
  const answer = await parts.settled(username);
  expect(answer.status).toBe(302);
  return { username, ...pictureOf(answer) };
}

function pictureOf(answer: Response) {
  const location = answer.headers.get("location") ?? "";
  const sha256 = location.split("/")[2] ?? "";
  const folder = path.join(parts.config.dataDirectory ?? "", "objects", "photos", sha256.slice(0, 2), sha256);
  return { location, sha256, folder };
}

const status = async (answer: Promise<Response>) => (await answer).status;
const filesIn = (folder: string) => readdir(folder).catch(() => []);

test("H-IMG-86: one workspace cannot tell whom another has imported", async () => {
  const owner = await workspace(parts.web);
  const stranger = await workspace(parts.web);
  const pairs: { imported: Shown; unknown: Shown }[] = [];
  const imported = Array.from({ length: 24 }, () => newUsername("pair"));
  const file = await drawPhoto({ width: 64, height: 64 });
  const files = Object.fromEntries(imported.map((username) => [`${username}.jpg`, file]));
  expect((await importPhotos(parts.web, owner.id, files)).photos).toBe(imported.length);
  expect((await getAvatar(parts.web, { key: owner.key, username: imported[0] ?? "" })).status).toBe(302);

  for (const [at, username] of imported.entries()) {
    // In turn, so that neither kind has the warmer machine; of equal length, as both come from one counter.
    const ask = () => shown(stranger.key, username);
    const askUnknown = () => shown(stranger.key, newUsername("pair"));
    const first = at % 2 ? await ask() : await askUnknown();
    const second = at % 2 ? await askUnknown() : await ask();
    pairs.push(at % 2 ? { imported: first, unknown: second } : { imported: second, unknown: first });
  }
  for (const { imported: known, unknown } of pairs) expect(known.looks).toEqual(unknown.looks);
  const medianOf = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
  const known = medianOf(pairs.map((pair) => pair.imported.ms));
  const unknown = medianOf(pairs.map((pair) => pair.unknown.ms));
  expect(Math.abs(known - unknown), `${known} ms and ${unknown} ms`).toBeLessThan(Math.max(10, 0.5 * unknown));
});

type Shown = { looks: unknown; ms: number };

/** All of an answer that is not about this very request or this very name. */
async function shown(key: string, username: string): Promise<Shown> {
  const started = performance.now();
  const response = await getAvatar(parts.web, { key, username, name: "Jane Doe" });
  const body = await response.text();
  const ms = performance.now() - started;
  const changing = ["x-request-id", "ratelimit-remaining", "ratelimit-reset", "x-quota-remaining"];
  const headers = [...response.headers].filter(([name]) => !changing.includes(name));
  return { looks: [response.status, headers, body.replace(/fill="#\w{6}"/, "")], ms };
}

test("H-IMG-87: 500 who ask at once for one person cost one look-up, one photo and one rendering", async () => {
  const second = await parts.open({ role: "web" });
  const webs = [parts.web, second];
  const { id, key } = await workspace(parts.web);
  const username = newUsername("herd");
  const bytes = await drawPhoto();
  parts.unipile.set(username, { kind: "slow", afterMs: 300 }, { kind: "found" });
  parts.unipile.setPhoto(username, { bytes });
  const herd = (parameters: Record<string, string> = {}) =>
    Promise.all(
      Array.from({ length: 500 }, (_, at) => getAvatar(webs[at % 2] ?? parts.web, { key, username, ...parameters })),
    );

  for (const answer of await herd())
    expect([answer.status, answer.headers.get("x-avatar-status")]).toEqual([200, "enriching"]);
  const { location, folder } = pictureOf(await parts.settled(username));
  parts.clock.advance(1_000);
  for (const answer of await herd()) expect([answer.status, answer.headers.get("location")]).toEqual([302, location]);
  expect(parts.unipile.calls.filter(({ identifier }) => identifier === username)).toHaveLength(1);
  expect(parts.unipile.photoCalls.filter((identifier) => identifier === username)).toHaveLength(1);

  const pictures = await Promise.all(Array.from({ length: 500 }, () => send(parts.web, location)));
  const bodies = new Set(
    await Promise.all(pictures.map(async (one) => Buffer.from(await one.arrayBuffer()).toString("base64"))),
  );
  expect([pictures.every((one) => one.status === 200), bodies.size]).toEqual([true, 1]);
  expect((await filesIn(folder)).sort()).toEqual(["128.webp", "master"]);
  expect(await used(parts.web, id)).toBe(1_000);
  expect(await used(parts.web, id, "avatar_new_profiles")).toBe(1);
});

describe("H-IMG-91: a takedown", () => {
  test("is seen by every process within a second, and leaves nothing in storage", async () => {
    const second = await parts.open({ role: "web" });
    const { username, location, folder, sha256 } = await resolvedPerson("takedown");
    const other = location.replace("128.webp", "64.png");
    for (const web of [parts.web, second])
      for (const one of [location, other]) expect(await status(send(web, one))).toBe(200);
    expect(await filesIn(folder)).not.toEqual([]);

    await parts.web.profiles.suppress(username, "asked", "test");
    parts.clock.advance(1_000);
    for (const web of [parts.web, second]) {
      for (const one of [location, other]) {
        const gone = await send(web, one);
        expect([gone.status, gone.headers.get("cache-control")]).toEqual([404, "no-store"]);
      }
      const answer = await getAvatar(web, { key: parts.home.key, username });
      expect([answer.status, answer.headers.get("x-avatar-status")]).toEqual([200, "not_found"]);
    }
    expect(await filesIn(folder)).toEqual([]);
    const prisma = await parts.web.db.prisma();
    expect(await prisma.photo.count({ where: { sha256 } })).toBe(0);
    expect(await prisma.profile.count({ where: { username } })).toBe(0);
  });

  /** Suppresses somebody while `underWay` is true of their look-up, and waits for its end. */
  async function suppressMidway(username: string, underWay: () => boolean): Promise<void> {
    await getAvatar(parts.web, { key: parts.home.key, username });
    await vi.waitFor(() => expect(underWay()).toBe(true), 5_000);
    await parts.web.profiles.suppress(username, "asked", "test");
    parts.clock.advance(1_000);
    const prisma = await parts.web.db.prisma();
    await vi.waitFor(async () => {
      const jobs = await parts.web.db.query(
        "select from pgboss.job where name = 'enrich' and state in ('created', 'active')",
      );
      expect(jobs).toHaveLength(0);
    }, 5_000);
    expect(await prisma.profile.count({ where: { username } })).toBe(0);
    expect((await parts.settled(username)).headers.get("x-avatar-status")).toBe("not_found");
  }

  test("holds for whoever is being looked up at that moment: their photo is not even fetched", async () => {
    const username = newUsername("midway");
    parts.unipile.set(username, { kind: "slow", afterMs: 400 });
    await suppressMidway(username, () => parts.unipile.calls.some(({ identifier }) => identifier === username));
    expect(parts.unipile.photoCalls).not.toContain(username);
  });

  test("holds for whose photo is being fetched at that moment: nothing of it is kept", async () => {
    const username = newUsername("fetched");
    const bytes = await drawPhoto();
    let fetched = false;
    await parts.internet.site("slow-photo.example", (_request, response) => {
      fetched = true;
      setTimeout(() => response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes), 400);
    });
    const address = "https://slow-photo.example/photo";
    parts.unipile.set(username, { kind: "found", profile: { profile_picture_url_large: address } });
    const before = await parts.web.db.query("select from photo");
    await suppressMidway(username, () => fetched);
    expect(await parts.web.db.query("select from photo")).toHaveLength(before.length);
  });

  test("is completed by the worker when the image store was away", async () => {
    const { username, location, folder } = await resolvedPerson("away");
    const objects = path.join(parts.config.dataDirectory ?? "", "objects");
    await rename(objects, `${objects}.aside`);
    await writeFile(objects, "no directory");
    await parts.web.profiles.suppress(username, "asked", "test");
    parts.clock.advance(1_000);
    expect(await status(send(parts.web, location))).toBe(404);
    await rename(objects, `${objects}.file`);
    await rename(`${objects}.aside`, objects);
    expect(await filesIn(folder)).not.toEqual([]);
    await parts.hurryRetries();
    await vi.waitFor(
      async () => {
        await parts.hurryRetries();
        expect(await filesIn(folder)).toEqual([]);
      },
      { timeout: 10_000, interval: 200 },
    );
  });
});

describe("H-IMG-92: the image store", () => {
  test("away: 503 with Retry-After for what is not in memory, redirects as ever; afterwards all is as before", async () => {
    const { username, location } = await resolvedPerson("store");
    const objects = path.join(parts.config.dataDirectory ?? "", "objects");
    await rename(objects, `${objects}.aside2`);
    await writeFile(objects, "no directory");
    const answer = await send(parts.web, location);
    expect([answer.status, answer.headers.get("x-error-code")]).toEqual([503, "storage_unavailable"]);
    expect([answer.headers.get("retry-after"), answer.headers.get("cache-control")]).toEqual(["5", "no-store"]);
    expect(await status(getAvatar(parts.web, { key: parts.home.key, username }))).toBe(302);
    await rename(objects, `${objects}.file2`);
    await rename(`${objects}.aside2`, objects);
    expect(await status(send(parts.web, location))).toBe(200);
  });

  test.each([
    ["half written", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ["empty", () => Buffer.alloc(0)],
    ["changed by a bit", (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 100 ? byte ^ 1 : byte)))],
  ])("a master that is %s is never served: the person is looked up again", async (_what, damage) => {
    const { username, location, folder } = await resolvedPerson("damaged");
    const master = path.join(folder, "master");
    await writeFile(master, damage(await readFile(master)));
    expect(await status(send(parts.web, location))).toBe(404);
    expect(await filesIn(folder), "nothing of it stays").toEqual([]);
    parts.clock.advance(1_000);
    const again = pictureOf(await parts.settled(username));
    expect(again.location).toBe(location);
    expect(parts.unipile.calls.filter(({ identifier }) => identifier === username)).toHaveLength(2);
    parts.clock.advance(1_000);
    expect(await status(send(parts.web, location))).toBe(200);
  });

  test("a rendering that is damaged is made anew from the master, and drafts never count", async () => {
    const { location, folder } = await resolvedPerson("rendering");
    const small = location.replace("128.webp", "32.webp");
    expect(await status(send(parts.web, small))).toBe(200);
    await writeFile(path.join(folder, "32.webp"), "half");
    await writeFile(path.join(folder, "256.webp.abc.draft"), "half");
    const fresh = await parts.open({ role: "web" });
    expect(await status(send(fresh, small))).toBe(200);
    expect(await status(send(fresh, location.replace("128.webp", "256.webp")))).toBe(200);
  });
});
