import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { ingestPhoto } from "../../lib/avatars/index.ts";
import { openKeptFiles } from "../../lib/platform/kept-files.ts";
import { createDiskStorage, createS3Storage, moveObjects, type Storage } from "../../lib/platform/storage.ts";
import { temporaryFolder } from "../../lib/profiles/import-files/fixtures.ts";
import { createDatabase } from "../support/backend.ts";
import { drawPhoto } from "../support/photos.ts";
import { startS3Contract } from "../support/s3-contract-server.ts";
import { type S3Server, startS3Server } from "../support/s3-server.ts";
import { testServices } from "../support/services.ts";

const files = temporaryFolder();
let folders = 0;
const disk = () => createDiskStorage(files.path(`objects-${folders++}`));
const bytes = (text: string) => Buffer.from(text);

async function all(storage: Storage): Promise<string[]> {
  const names = [];
  for await (const name of storage.list()) names.push(name);
  return names.sort();
}

/** The files in which the test server keeps what objects hold. */
function objectFiles({ directory }: S3Server): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith("._S3rver_object"))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

test.each(["disk", "s3", "contract"])(
  "%s keeps objects whole, lists them, and removes one or all below a name",
  async (kind) => {
    const start = kind === "s3" ? startS3Server : startS3Contract;
    const storage = kind === "disk" ? disk() : createS3Storage((await start()).config);
    await storage.check();
    expect(await storage.get("photos/aa/none")).toBeNull();
    expect(await storage.examine("photos/aa/none")).toBe("missing");
    await storage.put("photos/aa/aab/master", bytes("one"));
    await storage.put("photos/aa/aab/64.webp", bytes("two"));
    await storage.put("photos/aa/aabb/master", Buffer.alloc(0));
    await storage.put("photos/aa/aab/master", bytes("one again"));
    expect(Buffer.from((await storage.get("photos/aa/aab/master")) ?? []).toString()).toBe("one again");
    expect((await storage.get("photos/aa/aabb/master"))?.length).toBe(0);
    expect(await all(storage)).toEqual(["photos/aa/aab/64.webp", "photos/aa/aab/master", "photos/aa/aabb/master"]);
    await storage.removeAll("photos/aa/aab");
    await storage.removeAll("photos/zz");
    expect(await all(storage)).toEqual(["photos/aa/aabb/master"]);
    await storage.remove("photos/aa/aabb/master");
    await storage.remove("photos/aa/aabb/master");
    expect(await all(storage)).toEqual([]);
  },
);

test("a bucket with more objects than one answer lists is listed whole, and a prefix keeps two programs apart", async () => {
  const { config, pages } = await startS3Contract();
  const [mine, other] = [createS3Storage({ ...config, prefix: "a/b/" }), createS3Storage({ ...config, prefix: "a/" })];
  const names = Array.from({ length: 1_050 }, (_, index) => `x/${index}`);
  for (let start = 0; start < names.length; start += 50)
    await Promise.all(names.slice(start, start + 50).map((name) => mine.put(name, bytes(name))));
  await other.put("c/1", bytes("theirs"));
  expect(await all(mine)).toEqual([...names].sort());
  expect(pages()).toBe(2);
  await other.removeAll("c");
  expect((await all(other)).length).toBe(1_050);
});

test("H-IMG-92: a changed or half object of a bucket is noticed when it is read, counts as missing, and is removed", async () => {
  const server = await startS3Server();
  const storage = createS3Storage(server.config);
  await storage.put("photos/aa/whole", bytes("what was stored"));
  await storage.put("photos/aa/torn", bytes("what was stored too"));
  for (const file of objectFiles(server).filter((name) => name.includes("torn"))) writeFileSync(file, "what was");
  expect(await storage.examine("photos/aa/torn")).toBe("damaged");
  expect(await storage.get("photos/aa/torn")).toBeNull();
  expect(await storage.examine("photos/aa/torn")).toBe("missing");
  expect(await storage.examine("photos/aa/whole")).toBe("whole");
});

test("what keeps a bucket from being used is said in plain words, without any secret", async () => {
  const { config, interrupt } = await startS3Server();
  const problem = async (changes: Partial<typeof config>) => {
    const failure = await createS3Storage({ ...config, ...changes })
      .check()
      .then(
        () => null,
        (error: Error & { code: string }) => error,
      );
    expect(failure).toMatchObject({ code: "storage_unusable" });
    return failure?.message ?? "";
  };
  const wrong = (accessKeyId: string, secretAccessKey: string) => ({ credentials: { accessKeyId, secretAccessKey } });
  expect(await problem({ bucket: "nowhere" })).toContain("There is no bucket “nowhere” at http://127.0.0.1");
  expect(await problem(wrong("UNKNOWN", "S3RVER"))).toContain("does not know the access key");
  const contract = (await startS3Contract()).config;
  const accessKeyId = contract.credentials?.accessKeyId ?? "";
  const signed = await problem({ ...contract, ...wrong(accessKeyId, "a-secret-that-is-wrong") });
  expect(signed).toContain("refused the signature. Correct S3_SECRET_ACCESS_KEY");
  expect(signed).not.toContain("a-secret");
  expect(await problem({ endpoint: "http://127.0.0.1:1" })).toContain("Nobody answers at http://127.0.0.1:1");
  interrupt((_, response) => response.writeHead(503).end());
  expect(await problem({})).toContain("is overloaded (status 503)");
  interrupt((_, response) => response.writeHead(403).end());
  expect(await problem({})).toContain("refused these credentials");
});

test("a bucket that answers 503 once is asked again; one that goes on doing so is `storage_unavailable`, with its reason", async () => {
  const { config, interrupt } = await startS3Server();
  const storage = createS3Storage(config);
  await storage.put("photos/aa/one", bytes("one"));
  let failures = 0;
  interrupt((_, response) => {
    failures++;
    response.writeHead(503).end();
    interrupt(null);
  });
  expect(Buffer.from((await storage.get("photos/aa/one")) ?? []).toString()).toBe("one");
  expect(failures).toBe(1);
  interrupt((_, response) => response.writeHead(503).end());
  await expect(storage.get("photos/aa/one")).rejects.toMatchObject({
    code: "storage_unavailable",
    cause: { message: expect.stringContaining("overloaded") },
  });
});

test("a photo is served from a bucket at the same address as from disk, and is gone from it when nobody is shown by it", async () => {
  const server = await startS3Server();
  const services = await testServices({ storage: { kind: "s3", movingFrom: undefined, s3: server.config } });
  const photo = await ingestPhoto(await drawPhoto());
  await services.avatars.photos.save(photo);
  expect(await services.avatars.photos.variant(photo.sha256, 64, "webp")).toBeInstanceOf(Uint8Array);
  expect(objectFiles(server)).toHaveLength(2);
  await services.avatars.photos.removeUnused([photo.sha256]);
  expect(objectFiles(server)).toHaveLength(0);
  expect(await services.avatars.photos.variant(photo.sha256, 64, "webp")).toBeNull();
});

test("objects move while both places are read: broken off and begun again, damaged ones named, removed ones gone everywhere", async () => {
  const server = await startS3Server();
  const from = disk();
  const names = Array.from({ length: 40 }, (_, index) => `photos/aa/${index}`);
  for (const name of names) await from.put(name, bytes(`bytes of ${name}`));
  const to = createS3Storage(server.config);
  let puts = 0;
  const breaking: Storage = {
    ...to,
    async put(name, body) {
      if (++puts > 12) throw new Error("the power is gone");
      await to.put(name, body);
    },
  };
  await expect(moveObjects(from, breaking)).rejects.toThrow("the power is gone");
  const arrived = (await all(to)).length;
  expect(arrived).toBe(12);
  // While it is copied, one is taken down: from the old place first, then from the new one.
  const takenDown: Storage = {
    ...to,
    async put(name, body) {
      if (name === names[39]) await from.remove(name);
      await to.put(name, body);
    },
  };
  const second = await moveObjects(from, takenDown);
  expect(second).toEqual({ copied: 40 - arrived - 1, alreadyThere: arrived, damaged: [], goneMeanwhile: 1 });
  expect((await all(to)).sort()).toEqual(names.slice(0, 39).sort());
});

test("what has not moved yet is read where it was, and what is removed is removed from both", async () => {
  const server = await startS3Server();
  const before = await testServices();
  const photo = await ingestPhoto(await drawPhoto());
  await before.avatars.photos.save(photo);
  const moving = await testServices({
    dataDirectory: before.config.dataDirectory,
    storage: { kind: "s3", movingFrom: "disk", s3: server.config },
  });
  expect(await moving.avatars.photos.variant(photo.sha256, 128, "png")).toBeInstanceOf(Uint8Array);
  expect(await moving.avatars.photos.findLost(false)).not.toContain(photo.sha256);
  await moving.avatars.photos.removeUnused([photo.sha256]);
  expect(objectFiles(server)).toHaveLength(0);
  expect(await all(before.storage)).toEqual([]);
});

test("H-IMG-92: a photo whose file is lost is found, forgotten, and its people are looked up again", async () => {
  // A database of its own: the files of other tests' photos lie elsewhere.
  const database = await createDatabase(inject("backend"));
  onTestFinished(database.remove);
  const services = await testServices({ databaseUrl: database.url });
  const photos = [await ingestPhoto(await drawPhoto()), await ingestPhoto(await drawPhoto({ width: 300 }))];
  for (const photo of photos) await services.avatars.photos.save(photo);
  const [lost, kept] = photos.map(({ sha256 }) => sha256);
  await services.db.query(
    "insert into profile (username, status, photo_sha256, stale_at) values ('ada-lost', 'resolved', $1, '2999-01-01')",
    [lost],
  );
  await services.storage.removeAll(`photos/${lost?.slice(0, 2)}/${lost}`);
  expect(await services.avatars.photos.findLost(false)).toEqual([lost]);
  expect(await services.avatars.photos.findLost(true)).toEqual([lost]);
  expect(await services.avatars.photos.findLost(true)).toEqual([]);
  const [row] = await services.db.query("select photo_sha256 as photo, stale_at <= now() as due from profile");
  expect(row).toEqual({ photo: null, due: true });
  expect(await services.avatars.photos.variant(kept ?? "", 64, "webp")).toBeInstanceOf(Uint8Array);
});

test("an imported file that waits in the bucket is found by a worker of another host", async () => {
  const { config } = await startS3Server();
  const storage = { kind: "s3", movingFrom: undefined, s3: config } as const;
  const [one, two] = ["host-1", "host-2"].map((name) =>
    openKeptFiles({ dataDirectory: files.path(name), storage }, "imports"),
  );
  if (!one || !two) throw new Error("no files");
  await one.keep("imp_1", files.write("Connections.csv", "URL\n"));
  expect(await two.list()).toEqual(["imp_1"]);
  const found = await two.find("imp_1");
  expect(found?.startsWith(files.path("host-2"))).toBe(true);
  await two.remove("imp_1");
  expect(await two.find("imp_1")).toBeNull();
  await one.remove("imp_1");
  expect(await one.list()).toEqual([]);
  expect(await one.find("imp_2")).toBeNull();
});
