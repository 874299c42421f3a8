/**
 * What one workspace says of a person, in words or by a photo, is told at once wherever it asks, and nowhere else: beside
 * H-IMG-86 and H-KEY-59, which hold for what was imported.
 */
import sharp from "sharp";
import { expect, test } from "vitest";
import type { Services } from "../../lib/services.ts";
import { connectedWorkspace } from "../support/connected-workspace.ts";
import { callTool } from "../support/mcp.ts";
import { importText } from "../support/people.ts";
import { person } from "../support/person.ts";
import { drawPhoto } from "../support/photos.ts";
import { getAvatar, newUsername, send, steppedClock, testServices } from "../support/services.ts";
import { told } from "../support/told.ts";

/** Everything a workspace is told of somebody, by every way there is. */
async function toldTo(services: Services, place: Awaited<ReturnType<typeof placeIn>>, username: string) {
  const { secret, token, key } = place;
  const profile = await send(services, `/v1/profile?username=${username}`, { headers: { "x-api-key": secret } });
  const tool = await callTool(services, token, "get_profile", { username });
  const avatar = await getAvatar(services, { key, username });
  const listed = await services.profiles.people.list(place.member, place.id, { search: username });
  return {
    profile: profile.status === 200 ? ((await profile.json()) as Record<string, string>) : null,
    tool: tool.structuredContent ?? null,
    location: avatar.headers.get("location"),
    svg: avatar.status === 200 ? await avatar.text() : null,
    line: listed.items.find((one) => one.username === username) ?? null,
    details: await services.profiles.people.get(place.member, place.id, username),
  };
}

async function placeIn(services: Services) {
  const own = await connectedWorkspace(services);
  const [admin, member] = [
    await person(services, { [own.id]: "admin" }),
    await person(services, { [own.id]: "member" }),
  ];
  return { ...own, admin, member, secret: (await own.mint("secret")).key };
}

async function setUp() {
  const services = await testServices();
  const [ours, theirs, bystander] = [await placeIn(services), await placeIn(services), await placeIn(services)];
  const username = newUsername("shared");
  await told(services, username, { firstName: "Ada", lastName: "Brook", headline: "Clerk", location: "Oslo" });
  return { services, people: services.profiles.people, ours, theirs, bystander, username };
}

test("a correction is told at once by every way, before provider and import, in its own workspace alone, and is taken back", async () => {
  const { services, people, ours, theirs, bystander, username } = await setUp();
  await importText(services, ours.id, "p.csv", `username,headline,company\n${username},Bookkeeper,Acme\n`);
  const before = await Promise.all([ours, theirs, bystander].map((place) => toldTo(services, place, username)));
  await people.correct(ours.admin, ours.id, username, { firstName: "Adelaide", headline: "Director", company: "Vale" });
  await people.correct(theirs.admin, theirs.id, username, { headline: "Their word", location: "Bergen" });

  const mine = await toldTo(services, ours, username);
  for (const one of [mine.profile, mine.tool]) {
    expect(one).toMatchObject({ first_name: "Adelaide", last_name: "Brook", headline: "Director", location: "Oslo" });
  }
  expect(mine.line).toMatchObject({ firstName: "Adelaide", headline: "Director", company: "Vale" });
  expect(mine.svg).toContain("Adelaide Brook");
  expect(mine.details?.facts.filter(({ name }) => name === "headline")).toMatchObject([
    { value: "Director", source: "own", used: true },
    { value: "Bookkeeper", source: "import", used: false },
    { value: "Clerk", source: "unipile", used: false },
  ]);
  const found = async (search: string) => (await people.list(ours.member, ours.id, { search })).items.length;
  expect([await found("adelaide vale"), await found("direct"), await found("bookk")]).toEqual([1, 1, 1]);

  const other = await toldTo(services, theirs, username);
  expect(other.profile).toMatchObject({ first_name: "Ada", headline: "Their word", location: "Bergen" });
  expect(other.tool).toMatchObject({ first_name: "Ada", headline: "Their word", location: "Bergen" });
  expect(await toldTo(services, bystander, username)).toEqual(before[2]);
  expect(JSON.stringify(other)).not.toMatch(/Adelaide|Director|Vale/);
  expect((await people.list(theirs.member, theirs.id, { search: "adelaide" })).items).toEqual([]);

  await people.correct(ours.admin, ours.id, username, { firstName: null, headline: null, company: null });
  await people.correct(theirs.admin, theirs.id, username, { headline: null, location: null });
  const after = await Promise.all([ours, theirs, bystander].map((place) => toldTo(services, place, username)));
  expect(after).toEqual(before);
  const audited = (await services.audit.list(ours.member, ours.id, { action: "person.correct" })).items;
  expect(audited.map(({ detail, actorEmail, target }) => [detail, actorEmail, target])).toEqual([
    [{ facts: "firstName, headline, company" }, ours.admin.email, username],
    [{ facts: "firstName, headline, company" }, ours.admin.email, username],
  ]);
});

test("two workspaces' own photos of one person do not mix, and nobody else is shown either", async () => {
  const { services, people, ours, theirs, bystander, username } = await setUp();
  const [one, two] = await Promise.all([drawPhoto({ seed: 0.1 }), drawPhoto({ seed: 0.9 })]);
  const withPlace = await sharp(one)
    .withExif({ IFD3: { GPSLatitude: "59/1 54/1 0/1" } })
    .jpeg()
    .toBuffer();
  expect((await sharp(withPlace).metadata()).exif).toBeDefined();
  const [mine, other] = [
    await people.setOwnPhoto(ours.admin, ours.id, username, withPlace),
    await people.setOwnPhoto(theirs.admin, theirs.id, username, two),
  ];
  expect(mine).not.toBe(other);
  expect((await toldTo(services, ours, username)).location).toBe(`/cdn/${mine}/128.webp`);
  expect((await toldTo(services, theirs, username)).location).toBe(`/cdn/${other}/128.webp`);
  const none = await toldTo(services, bystander, username);
  expect([none.location, none.details?.photos, none.profile?.["picture_url"]]).toEqual([null, [], undefined]);
  for (const place of [ours, theirs]) {
    const image = (await callTool(services, place.token, "get_profile_avatar", { username })).content[0];
    expect(image?.mimeType).toBe("image/webp");
  }

  // As every photo: decoded, cropped, encoded anew.
  const stored = await send(services, `/cdn/${mine}/512.jpeg`);
  const { width, height, exif } = await sharp(Buffer.from(await stored.arrayBuffer())).metadata();
  expect([width, height, exif]).toEqual([512, 512, undefined]);

  await people.removeOwnPhoto(ours.admin, ours.id, username);
  expect((await toldTo(services, ours, username)).location).toBeNull();
  expect((await toldTo(services, theirs, username)).location).toBe(`/cdn/${other}/128.webp`);
  expect((await send(services, `/cdn/${mine}/128.webp`)).status).toBe(404);
});

test("H-IMG-88: no cache that is shared can give one workspace's photo to another", async () => {
  const { services, people, ours, theirs, username } = await setUp();
  await people.setOwnPhoto(ours.admin, ours.id, username, await drawPhoto());
  const byKeyInAddress = await getAvatar(services, { key: ours.key, username });
  // The address holds the key, which is the workspace's.
  expect(byKeyInAddress.headers.get("cache-control")).toBe("public, max-age=86400");
  const byHeader = await getAvatar(services, { username }, { "x-api-key": ours.key });
  expect([byHeader.status, byHeader.headers.get("cache-control")]).toEqual([302, "private, max-age=86400"]);
  const { key: bound } = await ours.mint("publishable", ["example.com"]);
  const fromSite = await getAvatar(services, { key: bound, username }, { origin: "https://example.com" });
  expect(fromSite.headers.get("cache-control")).toBe("private, max-age=86400");
  const other = await getAvatar(services, { key: theirs.key, username });
  expect([other.status, other.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const profile = await send(services, `/v1/profile?username=${username}`, { headers: { "x-api-key": ours.secret } });
  expect(profile.headers.get("cache-control")).toBe("no-store");
  // What may be kept for a year is named by its own bytes, and says nothing of whose it is.
  const image = await send(services, byKeyInAddress.headers.get("location") ?? "");
  expect(image.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const headers = JSON.stringify([...image.headers]);
  for (const ofTheirs of [ours.id, username, ours.keyId]) expect(headers).not.toContain(ofTheirs);
});

test("of whom is suppressed nothing is corrected; suppressing, deleting and the operator's list take corrections away", async () => {
  const { services, people, ours, theirs, username } = await setUp();
  const correct = (place: typeof ours) => people.correct(place.admin, place.id, username, { headline: "Director" });
  const rows = () => services.db.query("select organization_id from imported_person where username = $1", [username]);
  await correct(ours);
  await people.suppress(ours.admin, ours.id, username, "asked");
  expect(await rows()).toEqual([]);
  await expect(correct(ours)).rejects.toMatchObject({ code: "person_suppressed" });
  await people.unsuppress(ours.admin, ours.id, username);
  expect((await toldTo(services, ours, username)).profile).toMatchObject({ headline: "Clerk" });
  await correct(theirs);
  await people.delete(theirs.admin, theirs.id, username);
  expect(await rows()).toEqual([]);
  await correct(theirs);
  await services.profiles.suppress(username, "asked by the person", "operator");
  expect(await rows()).toEqual([]);
  await expect(correct(theirs)).rejects.toMatchObject({ code: "person_suppressed" });
});

test("members correct nothing, strangers see no workspace, and what is too long is refused whole", async () => {
  const { services, people, ours, theirs, username } = await setUp();
  const change = { headline: "Director" };
  await expect(people.correct(ours.member, ours.id, username, change)).rejects.toMatchObject({ code: "role_too_low" });
  await expect(people.correct(theirs.admin, ours.id, username, change)).rejects.toMatchObject({
    code: "organization_not_found",
  });
  const long = { firstName: "Eve", headline: "x".repeat(301) };
  await expect(people.correct(ours.admin, ours.id, username, long)).rejects.toMatchObject({
    code: "correction_too_long",
  });
  expect((await toldTo(services, ours, username)).profile).toMatchObject({ first_name: "Ada", headline: "Clerk" });
  await people.correct(ours.admin, ours.id, username, { headline: " \u0007Head\n of\u202ex " });
  expect((await toldTo(services, ours, username)).profile?.["headline"]).toMatch(/^Head of/);
});

test("an import keeps what was corrected, and many corrections at once lose none", async () => {
  const clock = steppedClock();
  const services = await testServices({}, { clock });
  const ours = await placeIn(services);
  const username = newUsername("kept");
  const { people } = services.profiles;
  const facts = [
    "firstName",
    "lastName",
    "headline",
    "company",
    "position",
    "location",
    "industry",
    "summary",
  ] as const;
  await Promise.all(facts.map((fact) => people.correct(ours.admin, ours.id, username, { [fact]: `own ${fact}` })));
  const before = await people.get(ours.member, ours.id, username);
  expect(before?.facts.map(({ name, value }) => [name, value]).sort()).toEqual(
    facts.map((fact) => [fact, `own ${fact}`]).sort(),
  );
  await importText(services, ours.id, "p.csv", `username,first name,headline\n${username},Other,Other\n`);
  clock.advance(1_000);
  const after = await toldTo(services, ours, username);
  expect(after.profile).toMatchObject({
    first_name: "own firstName",
    headline: "own headline",
    summary: "own summary",
  });
  expect(after.details?.imported?.source).toBe("csv");
});
