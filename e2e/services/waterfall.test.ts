import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { setUpAllProviders } from "../support/all-providers.ts";
import { importText } from "../support/people.ts";
import { usualPhoto } from "../support/provider-server.ts";
import { getAvatar, newUsername, workspace } from "../support/services.ts";
import { told as toldBefore } from "../support/told.ts";

const DAY_MS = 86_400_000;
const BUDGET = 3;
const parts = setUpAllProviders({ enrichlayer: { monthlyBudget: BUDGET }, github: { concurrency: 1 } });

beforeEach(async () => {
  await parts.web.db.query("delete from provider_state");
  await parts.web.db.query("delete from pgboss.job where name = 'enrich' and state = 'retry'");
});

/** Who was asked for a person, in which order each by itself. */
function asked(username: string): Record<string, number> {
  const { unipile, servers } = parts;
  const all = { unipile, ...servers };
  const counts = Object.entries(all).map(([name, { calls }]) => [
    name,
    calls.filter(({ identifier }) => identifier === username).length,
  ]);
  return Object.fromEntries(counts.filter(([, count]) => count !== 0));
}

async function profileOf(username: string) {
  const profile = await (await parts.web.db.prisma()).profile.findUniqueOrThrow({ where: { username } });
  const facts = profile.facts as Record<string, { value: unknown; source: string; at: string }>;
  return { ...profile, sources: Object.fromEntries(Object.entries(facts).map(([name, { source }]) => [name, source])) };
}

const answerOf = async (username: string) => {
  const answer = await parts.settled(username);
  return [answer.status, answer.headers.get("x-avatar-status")];
};

describe("the waterfall", () => {
  test("ends with the first provider that tells who it is and has a good photo", async () => {
    const username = newUsername("first");
    parts.unipile.set(username, { kind: "found" });
    expect(await answerOf(username)).toEqual([302, "resolved"]);
    expect(asked(username)).toEqual({ unipile: 1 });
    const { sources, photoSource, photoAt } = await profileOf(username);
    expect(new Set(Object.values(sources))).toEqual(new Set(["unipile"]));
    expect([photoSource, photoAt]).toEqual(["unipile", expect.any(Date)]);
  });

  test("an answer about somebody on the provider's list of opt-outs counts as none, and nothing of it is kept", async () => {
    const username = newUsername("opted-out");
    const id = `${username}_0000`;
    async function* csv() {
      yield `pdl_id\n${id}\n`;
    }
    await parts.web.privacy.optOuts.importCsv("peopledatalabs", csv(), "list.csv", "test");
    parts.servers.peopledatalabs.set(username, { kind: "found", fields: { id } });
    expect(await answerOf(username)).toEqual([200, "not_found"]);
    expect(asked(username)).toMatchObject({ peopledatalabs: 1 });
    expect(await profileOf(username)).toMatchObject({ facts: {}, answers: { peopledatalabs: { kind: "not_found" } } });
  });

  test("asks the next one only for what is lacking: for a photo alone nobody is paid", async () => {
    const username = newUsername("lacking");
    parts.unipile.set(username, { kind: "ghost" });
    parts.servers.enrichlayer.set(username, { kind: "found" });
    expect(await answerOf(username)).toEqual([302, "resolved"]);
    expect(asked(username)).toEqual({ unipile: 1, enrichlayer: 1 });
    expect(parts.servers.enrichlayer.calls.at(-1)?.path).toBe("/api/v2/person/profile-picture");
    expect(await profileOf(username)).toMatchObject({ photoSource: "enrichlayer", sources: { headline: "unipile" } });
    const [, status] = await parts.web.enrichment.states.list(["unipile", "enrichlayer"]);
    expect(status).toMatchObject({ provider: "enrichlayer", callsThisMonth: 0, lastOutcome: "found" });
  });

  test("merges by field: what an earlier one said stands, a later one adds to it", async () => {
    const username = newUsername("merged");
    parts.unipile.set(username, {
      kind: "found",
      profile: { headline: null, last_name: null, profile_picture_url: null, profile_picture_url_large: null },
    });
    parts.servers.peopledatalabs.set(username, { kind: "found", fields: { location_name: "Elsewhere" } });
    parts.servers.github.set(username, { kind: "found" });
    expect(await answerOf(username)).toEqual([302, "resolved"]);
    expect(asked(username)).toEqual({ unipile: 1, enrichlayer: 1, peopledatalabs: 1, apollo: 1, github: 2 });
    const { sources, facts, photoSource } = await profileOf(username);
    expect(sources).toMatchObject({
      firstName: "unipile",
      location: "unipile",
      lastName: "peopledatalabs",
      headline: "peopledatalabs",
      industry: "peopledatalabs",
    });
    expect(facts).toMatchObject({ industry: { value: "computer software", at: expect.stringMatching(/^\d{4}-/) } });
    expect(photoSource).toBe("github");
  });

  test("takes the larger photo where the first is small, and asks nobody where it is not", async () => {
    const username = newUsername("small");
    parts.unipile.set(username, { kind: "found" });
    parts.unipile.setPhoto(username, { bytes: await usualPhoto(`${username}-small`, 100) });
    parts.servers.enrichlayer.set(username, { kind: "found" });
    expect(await answerOf(username)).toEqual([302, "resolved"]);
    expect(await profileOf(username)).toMatchObject({ photoSource: "enrichlayer" });
    expect(asked(username)).toEqual({ unipile: 1, enrichlayer: 1 });
  });

  test("H-IMG-83: a second try asks only those who have not answered, and nobody is paid twice", async () => {
    const username = newUsername("half");
    const failure = { kind: "answer", status: 500 } as const;
    parts.servers.apollo.set(username, failure, failure, failure, { kind: "found" });
    await getAvatar(parts.web, { key: parts.home.key, username });
    await vi.waitFor(() => expect(asked(username)["apollo"]).toBe(3), 10_000);
    await vi.waitFor(
      async () => {
        await parts.hurryRetries();
        expect(asked(username)["apollo"]).toBe(4);
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(await answerOf(username)).toEqual([302, "resolved"]);
    expect(asked(username)).toEqual({ unipile: 1, enrichlayer: 1, peopledatalabs: 1, apollo: 4, github: 1 });
  });

  test("H-IMG-83: a provider that fails every other time is asked again at once, and not taken for one that is down", async () => {
    const people = Array.from({ length: 12 }, () => newUsername("every-other"));
    for (const username of people)
      parts.servers.apollo.set(username, { kind: "answer", status: 500 }, { kind: "found" });
    await Promise.all(people.map((username) => getAvatar(parts.web, { key: parts.home.key, username })));
    for (const username of people) expect(await answerOf(username)).toEqual([302, "resolved"]);
    for (const username of people) expect(asked(username)["apollo"]).toBe(2);
    const retried = await parts.web.db.query(
      "select from pgboss.job where name = 'enrich' and retry_count > 0 and data->>'username' = any($1)",
      [people],
    );
    expect(retried).toEqual([]);
    const [apollo] = await parts.web.enrichment.states.list(["apollo"]);
    expect(apollo).toMatchObject({ pausedUntil: null, callsThisMonth: 24, underWay: 0 });
    expect(apollo?.recentErrors).toHaveLength(5);
  });

  test("H-IMG-83: asking again costs as asking does, and ends where the budget ends", async () => {
    const username = newUsername("costly");
    const before = parts.servers.enrichlayer.calls.length;
    parts.servers.enrichlayer.set(username, { kind: "answer", status: 500 });
    await parts.web.db.query(
      "insert into provider_state (provider, period, calls_in_period) values ('enrichlayer', date_trunc('month', now() at time zone 'UTC')::date, $1)",
      [BUDGET - 2],
    );
    await getAvatar(parts.web, { key: parts.home.key, username });
    await vi.waitFor(() => expect(asked(username)["apollo"]).toBeGreaterThan(0), 10_000);
    const paid = parts.servers.enrichlayer.calls.slice(before).filter(({ path }) => path === "/api/v2/profile");
    expect(paid).toHaveLength(2);
    const [enrichlayer] = await parts.web.enrichment.states.list(["enrichlayer"]);
    expect(enrichlayer).toMatchObject({ callsThisMonth: BUDGET, underWay: 0 });
  });

  test("does not believe who speaks of somebody else, and does not pay them again for it", async () => {
    const username = newUsername("lied");
    parts.servers.enrichlayer.set(username, { kind: "someone_else" });
    parts.servers.apollo.set(username, { kind: "found" });
    expect(await answerOf(username)).toEqual([302, "resolved"]);
    const { answers, sources } = await profileOf(username);
    expect(answers).toMatchObject({ enrichlayer: { kind: "doubted" }, apollo: { kind: "found" } });
    expect(JSON.stringify(sources)).not.toContain("enrichlayer");
    expect(asked(username)["enrichlayer"]).toBe(1);
  });

  test("holds a monthly budget to the unit over several workers, and then still asks what is free", async () => {
    const second = await parts.open({ role: "worker" });
    await second.enrichment.worker.start();
    const people = Array.from({ length: 12 }, () => newUsername("budget"));
    const before = parts.servers.enrichlayer.calls.length;
    for (const username of people) parts.servers.enrichlayer.set(username, { kind: "found" });
    await Promise.all(people.map((username) => getAvatar(parts.web, { key: parts.home.key, username })));
    for (const username of people) expect(await answerOf(username)).toEqual([302, "resolved"]);
    const calls = parts.servers.enrichlayer.calls.slice(before).map(({ path }) => path);
    expect(calls.filter((path) => path === "/api/v2/profile")).toHaveLength(BUDGET);
    expect(calls).toHaveLength(people.length);
    const status = (await parts.web.enrichment.states.list(["enrichlayer"])).find(
      (one) => one.provider === "enrichlayer",
    );
    expect(status).toMatchObject({ callsThisMonth: BUDGET, monthlyBudget: BUDGET, underWay: 0 });
    second.enrichment.worker.stop();
  });

  test("keeps to the places of a provider over all workers, and a slow one keeps nobody else waiting", async () => {
    const slow = Array.from({ length: 4 }, () => newUsername("slow"));
    const quick = Array.from({ length: 8 }, () => newUsername("quick"));
    for (const username of slow) parts.servers.github.set(username, { kind: "slow", afterMs: 400 });
    for (const username of quick) parts.unipile.set(username, { kind: "found" });
    const before = parts.servers.github.calls.length;
    await Promise.all([...slow, ...quick].map((username) => getAvatar(parts.web, { key: parts.home.key, username })));
    await Promise.all(quick.map((username) => parts.settled(username)));
    // Two questions for each, one after the other.
    expect(parts.servers.github.calls.length - before).toBeLessThan(2 * slow.length);
    for (const username of slow) expect(await answerOf(username)).toEqual([302, "resolved"]);
    expect(Math.max(...parts.servers.github.calls.slice(before).map(({ underWay }) => underWay))).toBe(1);
  });

  test("the very same picture for five people is nobody's photo: refused, and taken back", async () => {
    const people = Array.from({ length: 6 }, () => newUsername("ghost"));
    const bytes = await usualPhoto("a drawing of nobody");
    for (const username of people) {
      parts.unipile.set(username, { kind: "found" });
      parts.unipile.setPhoto(username, { bytes });
    }
    for (const username of people.slice(0, 4)) expect(await answerOf(username)).toEqual([302, "resolved"]);
    expect(await answerOf(people[4] ?? "")).toEqual([200, "not_found"]);
    parts.clock.advance(1_000);
    for (const username of people.slice(0, 4)) expect((await profileOf(username)).photoSha256).toBeNull();
    expect(await answerOf(people[5] ?? "")).toEqual([200, "not_found"]);
  });

  test("GitHub's drawing of who has no picture is no photo", async () => {
    const username = newUsername("identicon");
    const { default: sharp } = await import("sharp");
    const pixels = Buffer.from(
      Array.from({ length: 25 }, (_, at) => (at % 3 ? [240, 240, 240] : [90, 140, 200])).flat(),
    );
    const identicon = await sharp(pixels, { raw: { width: 5, height: 5, channels: 3 } })
      .resize(420, 420, { kernel: "nearest" })
      .png()
      .toBuffer();
    parts.servers.github.set(username, { kind: "found" });
    parts.servers.github.setPhoto(username, { bytes: identicon });
    expect(await answerOf(username)).toEqual([200, "not_found"]);
    expect(asked(username)["github"]).toBe(2);
  });
});

describe("freshness", () => {
  test("who was found is looked up again after 30 days, who was not after one; a fresh answer is not asked for", async () => {
    const [found, missed] = [newUsername("found"), newUsername("missed")];
    parts.unipile.set(found, { kind: "found" });
    await parts.settled(found);
    await parts.settled(missed);
    const days = async (username: string) => ((await profileOf(username)).staleAt?.getTime() ?? 0) - parts.clock.now();
    expect((await days(found)) / DAY_MS).toBeCloseTo(30, 1);
    expect(Math.abs((await days(missed)) / DAY_MS - 1)).toBeLessThan(0.11);
    await getAvatar(parts.web, { key: parts.home.key, username: found });
    expect(asked(found)).toEqual({ unipile: 1 });

    parts.clock.advance(31 * DAY_MS);
    const seen = await getAvatar(parts.web, { key: parts.home.key, username: found });
    expect(seen.status, "the photo there is goes on being shown").toBe(302);
    await vi.waitFor(() => expect(asked(found)).toEqual({ unipile: 2 }), 10_000);
  });

  test("a photo whose address ends sooner is looked for before that", async () => {
    const username = newUsername("ending");
    const bytes = await usualPhoto(username);
    await parts.internet.site("media.licdn.com", (_request, response) => {
      response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
    });
    const ends = Math.floor((parts.clock.now() + 12 * DAY_MS) / 1000);
    const address = `https://media.licdn.com/dms/image/v2/D4/profile-displayphoto-shrink_400_400/0/1718000000000?e=${ends}&v=beta&t=x`;
    parts.unipile.set(username, { kind: "found", profile: { profile_picture_url_large: address } });
    await parts.settled(username);
    const { staleAt, photoTakenAt } = await profileOf(username);
    expect(((staleAt?.getTime() ?? 0) - parts.clock.now()) / DAY_MS).toBeCloseTo(11, 1);
    expect(photoTakenAt?.getTime()).toBe(1718000000000);
  });
});

describe("what is found by an imported e-mail address", () => {
  const hashOf = (email: string) => createHash("sha256").update(email.trim().toLowerCase()).digest("hex");

  async function importWithEmail(organizationId: string, username: string, email: string) {
    await importText(
      parts.web,
      organizationId,
      "p.csv",
      `username,first name,last name,email\n${username},Jane,Doe,${email}\n`,
    );
  }

  async function settledFor(key: string, username: string): Promise<Response> {
    return vi.waitFor(
      async () => {
        parts.clock.advance(600);
        const response = await getAvatar(parts.web, { key, username });
        if (response.headers.get("x-avatar-status") === "enriching") throw new Error("still enriching");
        return response;
      },
      { timeout: 20_000, interval: 100 },
    );
  }

  test("is shown to the organization that imported it, to nobody else, and asked for once", async () => {
    const [owner, other, third] = [await workspace(parts.web), await workspace(parts.web), await workspace(parts.web)];
    const username = newUsername("by-mail");
    const email = `${username}@Example.com`;
    await importWithEmail(owner.id, username, email);
    await importWithEmail(third.id, username, `other-${email}`);
    parts.servers.gravatar.set(hashOf(email), { kind: "found" });
    const mine = await settledFor(owner.key, username);
    expect(mine.status).toBe(302);
    expect((await settledFor(other.key, username)).headers.get("x-avatar-status")).toBe("not_found");
    expect((await settledFor(third.key, username)).headers.get("x-avatar-status")).toBe("not_found");
    const described = (id: string) => parts.web.profiles.describe(id, username, null);
    expect(await described(owner.id)).toMatchObject({ location: "Evora, Portugal", first_name: "Jane" });
    expect(await described(other.id)).toBeNull();
    expect(JSON.stringify(await profileOf(username))).not.toMatch(/gravatar|Evora/i);
    expect(asked(hashOf(email))).toEqual({ gravatar: 1 });
    const asks = parts.servers.gravatar.calls.map(({ path, query }) => `${path}?${query}`).join();
    expect(asks).not.toContain("example");
  });

  test("waits for those whose answers everybody sees, and is not asked for where they have a photo", async () => {
    const { id, key } = await workspace(parts.web);
    const username = newUsername("by-both");
    await importWithEmail(id, username, `${username}@example.com`);
    parts.servers.gravatar.set(hashOf(`${username}@example.com`), { kind: "found" });
    parts.unipile.set(username, { kind: "found" });
    expect((await settledFor(key, username)).status).toBe(302);
    expect(asked(hashOf(`${username}@example.com`))).toEqual({});
  });

  test("is made anew when the address changes, and is gone with import, suppression and photo", async () => {
    const { id, key } = await workspace(parts.web);
    const username = newUsername("by-new-mail");
    const [first, second] = [`a-${username}@example.com`, `b-${username}@example.com`];
    await importWithEmail(id, username, first);
    parts.servers.gravatar.set(hashOf(first), { kind: "found" });
    const before = await settledFor(key, username);
    expect(before.status).toBe(302);
    await importWithEmail(id, username, second);
    expect((await settledFor(key, username)).headers.get("x-avatar-status")).toBe("not_found");
    await importWithEmail(id, username, first);
    expect((await settledFor(key, username)).status).toBe(302);
    const sha256 = before.headers.get("location")?.split("/")[2] ?? "";
    await parts.web.profiles.suppress(username, "asked", "test");
    parts.clock.advance(1_000);
    const prisma = await parts.web.db.prisma();
    expect(await prisma.organizationFinding.count({ where: { username } })).toBe(0);
    expect(await prisma.photo.count({ where: { sha256 } })).toBe(0);
    expect((await settledFor(key, username)).headers.get("x-avatar-status")).toBe("not_found");
  });
});

test("a fact of before is kept until its provider is asked again", async () => {
  const username = newUsername("before");
  await toldBefore(parts.web, username, { headline: "Told before" });
  expect(await profileOf(username)).toMatchObject({ status: "resolved", sources: { headline: "unipile" } });
});
