import { describe, expect, test } from "vitest";
import { ask, refused, runTool } from "../support/command-line.ts";
import { getAvatar, newUsername, steppedClock, testServices, workspace } from "../support/services.ts";

type Key = { id: string; key: string; type: string };

/** Every command that does something, with parameters that it understands. */
const COMMANDS = (org: string): string[][] => [
  ["org", "create", "Listed"],
  ["org", "list"],
  ["key", "list", "--org", org],
  ["key", "create", "--org", org, "--type", "secret"],
  ["sign-in-link", "someone@example.com"],
  ["member", "list", "--org", org],
  ["invitation", "create", "--org", org],
  ["invitation", "list", "--org", org],
  ["connection", "list", "--org", org],
  ["people", "list", "--org", org],
  ["usage", "--org", org],
  ["usage", "--org", org, "--reconcile"],
  ["plan", "set", "team", "--org", org],
  ["quota", "set", "--org", org, "--metric", "avatar_requests", "--limit", "unlimited"],
  ["suppress", "list"],
  ["suppress", "add", newUsername()],
  ["suppress", "remove", newUsername()],
  ["persona", "create", "Listed", "--org", org],
  ["persona", "list", "--org", org],
  ["provider", "status"],
];

test("every command prints one JSON document with --json, and lines for people without", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  for (const command of COMMANDS(id)) {
    expect(await ask(services.config, ...command), command.join(" ")).toBeTypeOf("object");
    const { code, stdout, stderr } = await runTool(services.config, ...command);
    expect([code, stderr], command.join(" ")).toEqual([0, ""]);
    expect(stdout.trim(), command.join(" ")).not.toMatch(/^($|\{|\[)/);
  }
});

test("what a command does not understand is refused with code 2, as JSON on stderr when asked for", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  for (const command of COMMANDS(id)) {
    expect(await refused(services.config, ...command, "--nonsense"), command.join(" ")).toMatchObject({
      exit: 2,
      code: "usage",
      message: "unknown option '--nonsense'",
    });
  }
  const misunderstood = [
    ["nonsense"],
    ["key"],
    ["org", "list", "surplus"],
    ["org", "create"],
    ["org", "create", " "],
    ["org", "create", "X", "--plan", "gold"],
    ["key", "create", "--org", id],
    ["key", "create", "--org", id, "--type", "open"],
    ["key", "rotate", "key_x", "--org", id, "--grace", "2y"],
    ["quota", "set", "--org", id, "--metric", "avatar_requests", "--limit", "-1"],
    ["people", "list", "--org", id, "--limit", "0"],
    ["invitation", "create", "--org", id, "--role", "king"],
  ];
  for (const command of misunderstood) {
    expect(await refused(services.config, ...command), command.join(" ")).toMatchObject({ exit: 2, code: "usage" });
  }
  const { code, stderr } = await runTool(services.config, "org", "list", "--nonsense");
  expect([code, stderr]).toEqual([2, expect.stringContaining("unknown option '--nonsense'")]);
});

test("what is not there is named, with its own code", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const cases: [string, string[]][] = [
    ["organization_not_found", ["usage", "--org", "org_nobody"]],
    ["key_not_found", ["key", "revoke", "key_nobody", "--org", id]],
    ["invalid_email", ["sign-in-link", "someone"]],
    ["member_not_found", ["member", "remove", "nobody@example.com", "--org", id]],
    ["invitation_not_found", ["invitation", "revoke", "inv_nobody", "--org", id]],
    ["connection_not_found", ["connection", "revoke", "con_nobody", "--org", id]],
    ["person_not_found", ["people", "show", newUsername(), "--org", id]],
    ["unsupported_host", ["suppress", "add", "https://example.com/in/janedoe"]],
    ["file_unreadable", ["people", "import", "/nowhere/Connections.csv", "--org", id]],
  ];
  for (const [code, command] of cases) {
    expect(await refused(services.config, ...command), command.join(" ")).toMatchObject({ exit: 1, code });
  }
});

describe("keys", () => {
  test("a key made here works at once, for its domains only, until it is revoked", async () => {
    const services = await testServices();
    const { config } = services;
    const { id: org } = await workspace(services);
    const made = await ask<Key>(
      config,
      "key",
      "create",
      "--org",
      org,
      "--type",
      "publishable",
      "--domains",
      "a.example",
    );
    const from = (origin: string) =>
      getAvatar(services, { key: made.key, username: newUsername() }, { origin }).then((answer) => answer.status);
    expect([await from("https://a.example"), await from("https://b.example")]).toEqual([200, 401]);
    await ask(config, "key", "domains", made.id, "*.b.example", "b.example", "--org", org);
    await expect.poll(() => from("https://b.example"), { timeout: 3_000 }).toBe(200);
    expect(await from("https://a.example")).toBe(401);
    await ask(config, "key", "revoke", made.id, "--org", org);
    await expect.poll(() => from("https://b.example"), { timeout: 3_000 }).toBe(401);
    const { keys } = await ask<{ keys: { id: string; status: string }[] }>(config, "key", "list", "--org", org);
    expect(keys).toContainEqual(expect.objectContaining({ id: made.id, status: "revoked" }));
  });

  test("a rotated key goes on working for its grace, and not longer", async () => {
    const clock = steppedClock();
    const services = await testServices({}, { clock });
    const { id: org, key, keyId } = await workspace(services);
    const rotated = await ask<Key>(services.config, "key", "rotate", keyId, "--org", org, "--grace", "1h");
    const statuses = async () =>
      Promise.all(
        [key, rotated.key].map(async (k) => (await getAvatar(services, { key: k, username: "janedoe" })).status),
      );
    expect(await statuses()).toEqual([200, 200]);
    clock.advance(59 * 60_000);
    expect(await statuses()).toEqual([200, 200]);
    clock.advance(2 * 60_000);
    expect(await statuses()).toEqual([401, 200]);
    const again = await refused(services.config, "key", "rotate", keyId, "--org", org);
    expect(again).toMatchObject({ exit: 1, code: "key_conflict" });
  });

  test("a secret key is shown once and never again", async () => {
    const services = await testServices();
    const { id: org } = await workspace(services);
    const { key } = await ask<Key>(services.config, "key", "create", "--org", org, "--type", "secret");
    expect(key).toMatch(/^sk_live_/);
    expect((await runTool(services.config, "key", "list", "--org", org, "--json")).stdout).not.toContain(key);
  });
});

test("usage agrees to the unit with the requests that were made", async () => {
  const services = await testServices();
  const { id: org, key } = await workspace(services);
  await ask(services.config, "quota", "set", "--org", org, "--metric", "avatar_requests", "--limit", "7");
  const someone = newUsername();
  const people = [someone, someone, ...Array.from({ length: 8 }, () => newUsername())];
  const answers = await Promise.all(people.map((username) => getAvatar(services, { key, username })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 402, 402, 402]);
  expect((await getAvatar(services, { key, username: "?" })).status).toBe(400);
  await services.quotas.ledger.close();
  type Told = { usage: { metric: string; used: number; limit: number | null }[]; repairs: unknown[] };
  const { usage, repairs } = await ask<Told>(services.config, "usage", "--org", org, "--reconcile");
  expect(usage).toContainEqual(expect.objectContaining({ metric: "avatar_requests", used: 7, limit: 7 }));
  expect(repairs).toEqual([]);
});

test("suppressing a person shows initials everywhere and deletes what was imported", async () => {
  const services = await testServices();
  const { id: org } = await workspace(services);
  const username = newUsername();
  await ask(services.config, "suppress", "add", `https://www.linkedin.com/in/${username}`, "--reason", "asked by mail");
  const { suppressions } = await ask<{ suppressions: object[] }>(services.config, "suppress", "list");
  expect(suppressions).toContainEqual(expect.objectContaining({ username, reason: "asked by mail" }));
  const shown = await ask(services.config, "people", "show", username, "--org", org);
  expect(shown).toMatchObject({ suppressed: true, imported: null, profile: null });
  expect(await ask(services.config, "suppress", "remove", username)).toMatchObject({ removed: true });
  expect(await ask(services.config, "suppress", "remove", username)).toMatchObject({ removed: false });
});
