import { describe, expect, inject, test } from "vitest";
import type { Services } from "../../lib/services.ts";
import {
  authorizationParameters,
  authorize,
  decide,
  exchange,
  type Granted,
  grantCode,
  pkce,
  REDIRECT,
  registerClient,
  requestIdOf,
  requestToken,
  type Tokens,
} from "../support/oauth.ts";
import { person } from "../support/person.ts";
import { steppedClock, testServices, workspace } from "../support/services.ts";
import { startWebProcesses } from "../support/web-processes.ts";

async function setUp(overrides: Parameters<typeof testServices>[1] = {}) {
  const services = await testServices(
    { rateLimits: { organization: 1e6, key: 1e6, user: 1e6, address: 1e6 } },
    overrides,
  );
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "owner" });
  return { services, id, who, granted: await grantCode(services, who, id) };
}

async function errorOf(answer: Response): Promise<[number, string]> {
  return [answer.status, ((await answer.json()) as { error: string }).error];
}

const INVALID_GRANT = [400, "invalid_grant"];

async function alive(services: Services, { access_token, refresh_token }: Tokens, clientId: string) {
  const access = await services.oauth.verifyAccessToken(access_token, services.oauth.mcpResource);
  const refreshed = await requestToken(services, { grant_type: "refresh_token", client_id: clientId, refresh_token });
  return { access: access.ok, refresh: refreshed.status === 200 };
}

async function replays(services: Services, organizationId: string): Promise<number> {
  const rows = await services.db.query(
    "select from audit_event where organization_id = $1 and action = 'connection.replay'",
    [organizationId],
  );
  return rows.length;
}

describe("H-OAUTH-01 of concurrent exchanges of one code exactly one gets tokens, and they end at once", () => {
  test.each([2, 50])("%i at a time", async (count) => {
    const { services, id, granted } = await setUp();
    const answers = await Promise.all(Array.from({ length: count }, () => exchange(services, granted)));
    await expectOneWinner(services, id, granted, answers);
  });

  test("50 at a time over three processes", async () => {
    const { services, id, granted } = await setUp();
    const processes = await startWebProcesses(3);
    const { clientId, code, verifier } = granted;
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      code,
      code_verifier: verifier,
      redirect_uri: REDIRECT,
    });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        fetch(`${processes[index % 3]?.url}/oauth/token`, { method: "POST", body }),
      ),
    );
    await expectOneWinner(services, id, granted, answers);
  });

  async function expectOneWinner(services: Services, id: string, { clientId }: Granted, answers: Response[]) {
    const winners = answers.filter((answer) => answer.status === 200);
    expect(winners).toHaveLength(1);
    for (const answer of answers.filter((one) => one.status !== 200))
      expect(await errorOf(answer)).toEqual(INVALID_GRANT);
    const tokens = (await winners[0]?.json()) as Tokens;
    expect(await alive(services, tokens, clientId)).toEqual({ access: false, refresh: false });
    expect(await replays(services, id)).toBe(1);
  }
});

test("H-OAUTH-02 a code that comes back after an hour ends every token it led to, in every process within a second", async () => {
  const clock = steppedClock();
  const { services, id, granted } = await setUp({ clock });
  const other = await testServices({}, { clock });
  const first = (await (await exchange(services, granted)).json()) as Tokens;
  clock.advance(59 * 60_000);
  const second = (await (
    await requestToken(services, {
      grant_type: "refresh_token",
      client_id: granted.clientId,
      refresh_token: first.refresh_token,
    })
  ).json()) as Tokens;
  const verify = (at: Services) => at.oauth.verifyAccessToken(second.access_token, at.oauth.mcpResource);
  expect((await verify(other)).ok).toBe(true);
  clock.advance(2 * 60_000);
  expect((await verify(other)).ok).toBe(true);
  expect(await errorOf(await exchange(services, granted))).toEqual(INVALID_GRANT);
  clock.advance(999);
  expect(await verify(other)).toEqual({ ok: false, reason: "revoked" });
  expect(await alive(services, second, granted.clientId)).toEqual({ access: false, refresh: false });
  expect(await replays(services, id)).toBe(1);
});

test("H-OAUTH-02 a code that nobody used in its minute is worth nothing", async () => {
  const clock = steppedClock();
  const { services, granted } = await setUp({ clock });
  clock.advance(60_000);
  expect(await errorOf(await exchange(services, granted))).toEqual(INVALID_GRANT);
});

describe("H-OAUTH-03 a code survives what is not its owner", () => {
  test("a wrong verifier, address and resource leave it as it was", async () => {
    const { services, granted } = await setUp();
    expect(await errorOf(await exchange(services, granted, { code_verifier: pkce().verifier }))).toEqual(INVALID_GRANT);
    expect(await errorOf(await exchange(services, granted, { redirect_uri: `${REDIRECT}/` }))).toEqual(INVALID_GRANT);
    expect(await errorOf(await exchange(services, granted, { resource: "https://other.example/mcp" }))).toEqual([
      400,
      "invalid_target",
    ]);
    expect((await exchange(services, granted)).status).toBe(200);
  });

  test("the fifth wrong verifier ends it", async () => {
    const { services, granted } = await setUp();
    for (let attempt = 0; attempt < 5; attempt++)
      expect(await errorOf(await exchange(services, granted, { code_verifier: pkce().verifier }))).toEqual(
        INVALID_GRANT,
      );
    expect(await errorOf(await exchange(services, granted))).toEqual(INVALID_GRANT);
  });
});

test("H-OAUTH-04 another client can neither use a code nor end what came of it", async () => {
  const { services, id, granted } = await setUp();
  const thief = await registerClient(services);
  const steal = () => exchange(services, { ...granted, clientId: thief });
  expect(await errorOf(await steal())).toEqual(INVALID_GRANT);
  const answer = await exchange(services, granted);
  expect(answer.status).toBe(200);
  expect(await errorOf(await steal())).toEqual(INVALID_GRANT);
  expect(await alive(services, (await answer.json()) as Tokens, granted.clientId)).toEqual({
    access: true,
    refresh: true,
  });
  expect(await replays(services, id)).toBe(0);
});

describe("H-OAUTH-06 H-OAUTH-07 the proof", () => {
  const characters = "Az09-._~".repeat(16);
  test.each([
    [42, INVALID_GRANT],
    [43, [200]],
    [128, [200]],
    [129, INVALID_GRANT],
  ])("of %i characters", async (length, expected) => {
    const { services, id, who } = await setUp();
    const granted = await grantCodeWith(services, who, id, (characters + characters).slice(0, length));
    const answer = await exchange(services, granted);
    expect(answer.status === 200 ? [200] : await errorOf(answer)).toEqual(expected);
  });

  test.each([`${"a".repeat(42)}+`, `${"a".repeat(42)}é`, `${"a".repeat(42)} `, `${"a".repeat(43)}\n`])(
    "with a character that none may have: %j",
    async (verifier) => {
      const { services, id, who } = await setUp();
      expect(await errorOf(await exchange(services, await grantCodeWith(services, who, id, verifier)))).toEqual(
        INVALID_GRANT,
      );
    },
  );

  test("cannot be left out, nor be the challenge itself", async () => {
    const { services, granted } = await setUp();
    const { challenge } = pkce(granted.verifier);
    for (const code_verifier of ["", challenge])
      expect(await errorOf(await exchange(services, granted, { code_verifier }))).toEqual(INVALID_GRANT);
  });

  async function grantCodeWith(
    services: Services,
    who: Awaited<ReturnType<typeof person>>,
    organizationId: string,
    verifier: string,
  ): Promise<Granted> {
    const clientId = await registerClient(services);
    const asked = await authorize(services, authorizationParameters(services, clientId, pkce(verifier)), who);
    const decided = await decide(services, who, requestIdOf(asked), {
      decision: "allow",
      organization: organizationId,
    });
    const code = new URL(decided.headers.get("location") ?? "").searchParams.get("code") ?? "";
    return { clientId, code, verifier, organizationId };
  }
});

test("codes and tokens stand nowhere in the database as they were issued", async () => {
  const { services, granted } = await setUp();
  const tokens = (await (await exchange(services, granted)).json()) as Tokens;
  const tables = ["authorization_code", "access_token", "refresh_token", "authorization_request", "audit_event"];
  for (const table of tables) {
    const dump = JSON.stringify(
      await services.db.query(`select t::text, encode(convert_to(t::text, 'UTF8'), 'hex') from ${table} t`),
    );
    for (const secret of [granted.code, tokens.access_token, tokens.refresh_token]) {
      expect(dump.includes(secret), table).toBe(false);
      expect(dump.includes(Buffer.from(secret).toString("hex")), `${table} ${inject("backend")}`).toBe(false);
    }
  }
});
