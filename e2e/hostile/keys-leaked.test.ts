import { afterAll, expect, test } from "vitest";
import { mintKey } from "../../lib/keys/format.ts";
import { expectProblem } from "../support/problems.ts";
import { findingOf, report, startScanner } from "../support/scanner.ts";
import { getAvatar, newUsername, steppedClock, workspace } from "../support/services.ts";

const scanner = await startScanner();
afterAll(scanner.stop);

/** Services whose clock is moved by hand, a workspace, and what its secret key is answered. */
async function setUp() {
  const clock = steppedClock();
  const services = await scanner.services({ clock });
  const own = await workspace(services);
  const secret = await own.mint("secret");
  const statusOf = async (key: string) => {
    clock.advance(1_000);
    return (await getAvatar(services, { username: newUsername() }, { "x-api-key": key })).status;
  };
  const audit = () =>
    services.db.query<{ actor: string; target: string; detail: { reason?: string } }>(
      "select actor, target, detail from audit_event where organization_id = $1 and action = 'key.revoke'",
      [own.id],
    );
  return { clock, services, own, secret, statusOf, audit };
}

test("H-KEY-62 a signed report revokes the secret key within a second, and the audit log says who and where", async () => {
  const { services, secret, statusOf, audit } = await setUp();
  expect(await statusOf(secret.key)).toBe(200);
  const response = await report(services, scanner, [findingOf(secret.key)]);
  expect(await response.json()).toMatchObject([{ label: "true_positive" }]);
  expect(await statusOf(secret.key)).toBe(401);
  expect(await audit()).toEqual([
    { actor: "secret-scanning", target: secret.id, detail: { reason: `found at ${findingOf("").url}` } },
  ]);
});

test("H-KEY-62 the same report again changes nothing more", async () => {
  const { services, secret, audit } = await setUp();
  const findings = [findingOf(secret.key), findingOf(secret.key)];
  for (let time = 0; time < 3; time++) {
    const response = await report(services, scanner, findings);
    expect((await response.json()).map(({ label }: { label: string }) => label)).toEqual([
      "true_positive",
      "true_positive",
    ]);
  }
  await Promise.all(Array.from({ length: 5 }, () => report(services, scanner, findings)));
  expect(await audit()).toHaveLength(1);
});

test("H-KEY-62 a bad signature, a foreign one, an unknown key, and a body written anew are 401 and revoke nothing", async () => {
  const { services, secret, statusOf, audit } = await setUp();
  const body = JSON.stringify([findingOf(secret.key)], null, 2);
  const stranger = await startScanner();
  await stranger.stop();
  const forged: [string, Record<string, string>][] = [
    [body, { "github-public-key-signature": stranger.sign(body) }],
    [body, { "github-public-key-signature": "AAAA" }],
    [body, { "github-public-key-signature": "not base64!" }],
    [body, { "github-public-key-identifier": "unknown" }],
    [body, { "github-public-key-identifier": "__proto__" }],
    // The same findings, serialised anew: another text, so another signature would be needed.
    [JSON.stringify(JSON.parse(body)), { "github-public-key-signature": scanner.sign(body) }],
    [`${body}\n`, { "github-public-key-signature": scanner.sign(body) }],
  ];
  for (const [text, headers] of forged) {
    const response = await report(services, scanner, text, headers);
    await expectProblem(services, "post /api/leaked-keys", response, 401, "invalid_signature");
  }
  expect(await statusOf(secret.key)).toBe(200);
  expect(await audit()).toEqual([]);
});

test("H-KEY-62 a new signing key is learned, but unknown ones are no lever on the key server", async () => {
  const { clock, services } = await setUp();
  const before = scanner.asked();
  const guess = (index: number) => report(services, scanner, [], { "github-public-key-identifier": `guess-${index}` });
  for (const response of await Promise.all(Array.from({ length: 30 }, (_, index) => guess(index)))) {
    expect(response.status).toBe(401);
  }
  expect(scanner.asked() - before).toBe(1);
  scanner.rotate();
  clock.advance(61_000);
  expect((await report(services, scanner, [])).status).toBe(200);
  expect(scanner.asked() - before).toBe(2);
});

test("H-KEY-62 ten thousand findings at once: the live ones among them are revoked", async () => {
  const { services, own, statusOf, audit } = await setUp();
  const live = await Promise.all(Array.from({ length: 20 }, () => own.mint("secret")));
  const tokens = Array.from({ length: 10_000 }, (_, index) => live[index / 500]?.key ?? mintKey("secret"));
  const started = performance.now();
  const response = await report(services, scanner, tokens.map(findingOf));
  expect(response.status).toBe(200);
  expect(performance.now() - started).toBeLessThan(5_000);
  const verdicts: { label: string }[] = await response.json();
  expect(verdicts).toHaveLength(10_000);
  expect(verdicts.filter(({ label }) => label === "true_positive")).toHaveLength(20);
  expect(await audit()).toHaveLength(20);
  for (const { key } of live.slice(0, 3)) expect(await statusOf(key)).toBe(401);
});

test("H-KEY-62 a publishable key in a public page is where it belongs, and stays", async () => {
  const { services, own, statusOf } = await setUp();
  const response = await report(services, scanner, [findingOf(own.key)]);
  expect(await response.json()).toMatchObject([{ label: "false_positive" }]);
  expect(await statusOf(own.key)).toBe(200);
});
