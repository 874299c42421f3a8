import { expect, test } from "vitest";
import { GOOD_SIDE, isBetterPhoto } from "./best-photo.ts";
import { freshMissUntil, freshPhotoUntil } from "./freshness.ts";
import { expiryOf, uploadedAt } from "./photo-address.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY_MS = 86_400_000;
const seconds = (days: number) => Math.floor((NOW + days * DAY_MS) / 1000);
const licdn = (days: number) =>
  `https://media.licdn.com/dms/image/v2/D4/profile-displayphoto-shrink_400_400/0/1718000000000?e=${seconds(days)}&v=beta&t=x`;

test.each<[string, string, number | null]>([
  ["LinkedIn's e", licdn(20), 20],
  [
    "LinkedIn's e without an end",
    "https://media.licdn.com/dms/a/0/1?e=2147483647&v=beta&t=x",
    (2147483647000 - NOW) / DAY_MS,
  ],
  ["an e of anybody else's", `https://cdn.example/a.jpg?e=${seconds(20)}`, null],
  ["Expires", `https://cdn.example/a.jpg?Expires=${seconds(3)}&Signature=x`, 3],
  ["Expires in milliseconds", `https://cdn.example/a.jpg?expires=${seconds(3)}000`, 3],
  ["Amazon's", "https://s3.example/a.jpg?X-Amz-Date=20261121T113000Z&X-Amz-Expires=1800", 0],
  ["Azure's", "https://blob.example/a.jpg?se=2026-11-23T12:00:00Z&sig=x", 2],
  ["none", "https://cdn.example/a.jpg", null],
  ["nonsense", "https://cdn.example/a.jpg?Expires=soon&X-Amz-Date=x&X-Amz-Expires=-1&se=x", null],
  ["no address", "no address", null],
])("the end of an address: %s", (_what, url, days) => {
  const expiry = expiryOf(url);
  if (days === null) expect(expiry).toBeNull();
  else expect((expiry ?? Number.NaN) - NOW).toBeCloseTo(days * DAY_MS, -4);
});

test("a photo is looked for again after 30 days, or a day before its address ends; a link to download by changes nothing", () => {
  const days = (url: string) => (freshPhotoUntil(url, NOW) - NOW) / DAY_MS;
  expect(days("https://cdn.example/a.jpg")).toBe(30);
  expect(days(licdn(60))).toBe(30);
  expect(days(licdn(11))).toBeCloseTo(10, 3);
  expect(days("https://s3.example/a.jpg?X-Amz-Date=20261121T113000Z&X-Amz-Expires=1800")).toBe(30);
  expect(days(licdn(-1))).toBe(30);
});

test("a miss is looked up again after a day, give or take a tenth", () => {
  expect((freshMissUntil(NOW, () => 0) - NOW) / DAY_MS).toBeCloseTo(0.9);
  expect((freshMissUntil(NOW, () => 0.999) - NOW) / DAY_MS).toBeCloseTo(1.1);
});

test("LinkedIn's addresses tell when a photo was uploaded", () => {
  expect(uploadedAt(licdn(1))).toBe(1718000000000);
  expect(uploadedAt("https://cdn.example/0/1718000000000")).toBeNull();
  expect(uploadedAt("https://media.licdn.com/dms/image/x/0")).toBeNull();
});

test("the better of two photos: first large enough, then younger, then larger", () => {
  const photo = (side: number, takenAt: number | null = null) => ({ side, takenAt });
  expect(isBetterPhoto(photo(GOOD_SIDE), photo(GOOD_SIDE - 1, 5))).toBe(true);
  expect(isBetterPhoto(photo(100, 9), photo(150, 1))).toBe(false);
  expect(isBetterPhoto(photo(200, 2), photo(512, 1))).toBe(true);
  expect(isBetterPhoto(photo(512, 1), photo(200, 2))).toBe(false);
  expect(isBetterPhoto(photo(512), photo(200, 2))).toBe(true);
  expect(isBetterPhoto(photo(200), photo(200))).toBe(false);
});
