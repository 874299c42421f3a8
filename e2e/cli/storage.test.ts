import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { ingestPhoto } from "../../lib/avatars/index.ts";
import { createS3Storage } from "../../lib/platform/storage.ts";
import { createDatabase } from "../support/backend.ts";
import { ask, refused, runTool } from "../support/command-line.ts";
import { drawPhoto } from "../support/photos.ts";
import { startS3Server } from "../support/s3-server.ts";
import { newUsername, testServices } from "../support/services.ts";
import { told } from "../support/told.ts";

const masterOf = (sha256: string) => `photos/${sha256.slice(0, 2)}/${sha256}/master`;

test("storage verify reads every object, and names what is damaged and which photos are lost", async () => {
  const services = await testServices();
  const { config } = services;
  const [torn, lost] = [await ingestPhoto(await drawPhoto()), await ingestPhoto(await drawPhoto({ width: 300 }))];
  for (const photo of [torn, lost]) await services.avatars.photos.save(photo);
  const fileOf = (sha256: string) => path.join(config.dataDirectory, "objects", masterOf(sha256));
  writeFileSync(fileOf(torn.sha256), "torn");
  rmSync(fileOf(lost.sha256));
  const { code, stdout } = await runTool(config, "storage", "verify", "--json");
  expect(code).toBe(1);
  // Other tests' photos have their files elsewhere.
  const { damaged, lostPhotos } = JSON.parse(stdout);
  expect(damaged).toEqual([masterOf(torn.sha256)]);
  expect(lostPhotos).toEqual(expect.arrayContaining([torn.sha256, lost.sha256]));
});

test("storage verify --repair removes what is damaged, has whose photo is lost looked up again, and leaves nothing to mend", async () => {
  // Everybody else's photos would be lost to it: their files are elsewhere.
  const database = await createDatabase(inject("backend"));
  onTestFinished(database.remove);
  const services = await testServices({ databaseUrl: database.url });
  const { config } = services;
  const [torn, lost] = [await ingestPhoto(await drawPhoto()), await ingestPhoto(await drawPhoto({ width: 320 }))];
  for (const photo of [torn, lost]) await services.avatars.photos.save(photo);
  const username = newUsername("lost");
  await told(services, username, { firstName: "Ada" });
  await services.db.query(
    "update profile set photo_sha256 = $2, stale_at = now() + interval '9 days' where username = $1",
    [username, lost.sha256],
  );
  const fileOf = (sha256: string) => path.join(config.dataDirectory, "objects", masterOf(sha256));
  writeFileSync(fileOf(torn.sha256), "torn");
  rmSync(fileOf(lost.sha256));
  expect((await runTool(config, "storage", "verify")).stdout).toContain("Run it with --repair to mend that.");
  const repaired = await ask<{ repaired: boolean; lostPhotos: string[] }>(config, "storage", "verify", "--repair");
  expect(repaired).toMatchObject({ repaired: true, damaged: [masterOf(torn.sha256)] });
  expect(repaired.lostPhotos).toEqual(expect.arrayContaining([lost.sha256]));
  const [profile] = await services.db.query<{ photo: string | null; due: boolean }>(
    "select photo_sha256 as photo, coalesce(stale_at, now()) <= now() as due from profile where username = $1",
    [username],
  );
  expect(profile).toEqual({ photo: null, due: true });
  expect(await ask(config, "storage", "verify")).toMatchObject({ damaged: [], lostPhotos: [] });
});

test("storage migrate copies everything to the bucket, again does nothing, and --remove empties the old place", async () => {
  const services = await testServices();
  const { config } = services;
  const s3 = (await startS3Server()).config;
  for (const name of ["a/1", "a/2", "b/3"]) await services.storage.put(name, Buffer.from(name));
  expect(await refused(config, "storage", "migrate")).toMatchObject({ code: "usage" });
  const inBucket = async <T>(...parameters: string[]) => {
    vi.stubEnv("S3_BUCKET", s3.bucket);
    vi.stubEnv("S3_ENDPOINT", s3.endpoint ?? "");
    vi.stubEnv("S3_ACCESS_KEY_ID", "S3RVER");
    vi.stubEnv("S3_SECRET_ACCESS_KEY", "S3RVER");
    return ask<T>(config, ...parameters);
  };
  expect(await inBucket("storage", "migrate", "--from", "disk")).toMatchObject({
    copied: 3,
    alreadyThere: 0,
    damaged: [],
  });
  expect(await inBucket("storage", "migrate", "--from", "disk", "--remove")).toMatchObject({
    copied: 0,
    alreadyThere: 3,
    removed: 3,
  });
  expect(await services.storage.get("a/1")).toBeNull();
  expect(Buffer.from((await createS3Storage(s3).get("a/1")) ?? []).toString()).toBe("a/1");
});
