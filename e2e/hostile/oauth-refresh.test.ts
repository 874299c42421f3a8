import { describe, expect, test } from "vitest";
import type { Services } from "../../lib/services.ts";
import { exchange, grantCode, grantTokens, registerClient, requestToken, type Tokens } from "../support/oauth.ts";
import { person } from "../support/person.ts";
import { steppedClock, testServices, workspace } from "../support/services.ts";
import { startWebProcesses } from "../support/web-processes.ts";

async function setUp(refreshGraceSeconds: number, overrides: Parameters<typeof testServices>[1] = {}) {
  const services = await testServices({ refreshGraceSeconds }, overrides);
  const { id } = await workspace(services);
  const who = await person(services, { [id]: "member" });
  return { services, id, who, tokens: await grantTokens(services, who, id) };
}

function refresh(services: Services, clientId: string, refresh_token: string, more: Record<string, string> = {}) {
  return requestToken(services, { grant_type: "refresh_token", client_id: clientId, refresh_token, ...more });
}

async function refreshed(services: Services, clientId: string, token: string): Promise<Tokens> {
  const answer = await refresh(services, clientId, token);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Tokens;
}

async function errorOf(answer: Response): Promise<[number, string]> {
  return [answer.status, ((await answer.json()) as { error: string }).error];
}

async function replays(services: Services, organizationId: string): Promise<number> {
  const rows = await services.db.query(
    "select from audit_event where organization_id = $1 and action = 'connection.replay'",
    [organizationId],
  );
  return rows.length;
}

const works = async (services: Services, token: string) =>
  (await services.oauth.verifyAccessToken(token, services.oauth.mcpResource)).ok;

describe("H-OAUTH-17 a refresh token that comes back", () => {
  test("after its grace ends all tokens of its family, and both who have it must ask the person again", async () => {
    const clock = steppedClock();
    const { services, id, tokens } = await setUp(30, { clock });
    const { clientId } = tokens;
    const second = await refreshed(services, clientId, tokens.refresh_token);
    const third = await refreshed(services, clientId, second.refresh_token);
    clock.advance(30_000);
    expect(await errorOf(await refresh(services, clientId, tokens.refresh_token))).toEqual([400, "invalid_grant"]);
    for (const { access_token, refresh_token } of [tokens, second, third]) {
      expect(await works(services, access_token)).toBe(false);
      expect(await errorOf(await refresh(services, clientId, refresh_token))).toEqual([400, "invalid_grant"]);
    }
    expect(await replays(services, id)).toBe(1);
  });

  test("within its grace, because an answer was lost, gives a pair that works, and the first one's goes on", async () => {
    const clock = steppedClock();
    const { services, id, tokens } = await setUp(30, { clock });
    const { clientId } = tokens;
    const lost = await refreshed(services, clientId, tokens.refresh_token);
    clock.advance(29_999);
    const retried = await refreshed(services, clientId, tokens.refresh_token);
    expect(retried.refresh_token).not.toBe(lost.refresh_token);
    for (const { access_token } of [tokens, lost, retried]) expect(await works(services, access_token)).toBe(true);
    for (const { refresh_token } of [lost, retried]) await refreshed(services, clientId, refresh_token);
    expect(await replays(services, id)).toBe(0);
  });

  test("20 at a time without grace: one pair at most, and it ends", async () => {
    const { services, id, tokens } = await setUp(0);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(services, tokens.clientId, tokens.refresh_token)),
    );
    await expectAllOver(services, id, tokens, answers);
  });

  test("20 at a time without grace over two processes: the same", async () => {
    const { services, id, tokens } = await setUp(0);
    const processes = await startWebProcesses(2, { AVTRZ_REFRESH_GRACE_SECONDS: "0" });
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: tokens.clientId,
      refresh_token: tokens.refresh_token,
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        fetch(`${processes[index % 2]?.url}/oauth/token`, { method: "POST", body }),
      ),
    );
    await expectAllOver(services, id, tokens, answers);
  });

  async function expectAllOver(
    services: Services,
    id: string,
    { clientId }: { clientId: string },
    answers: Response[],
  ) {
    const winners = answers.filter((answer) => answer.status === 200);
    expect(winners.length).toBeLessThanOrEqual(1);
    for (const answer of answers.filter((one) => one.status !== 200))
      expect(await errorOf(answer)).toEqual([400, "invalid_grant"]);
    for (const winner of winners) {
      const { access_token, refresh_token } = (await winner.json()) as Tokens;
      expect(await works(services, access_token)).toBe(false);
      expect((await refresh(services, clientId, refresh_token)).status).toBe(400);
    }
    expect(await replays(services, id)).toBe(1);
  }

  test("20 at a time with grace: twenty pairs, and every one works", async () => {
    const { services, tokens } = await setUp(30);
    const pairs = await Promise.all(
      Array.from({ length: 20 }, () => refreshed(services, tokens.clientId, tokens.refresh_token)),
    );
    expect(new Set(pairs.map((pair) => pair.refresh_token)).size).toBe(20);
    for (const { access_token } of pairs) expect(await works(services, access_token)).toBe(true);
  });

  test("leaves another install of the same client alone, which has a family of its own", async () => {
    const { services, id, who, tokens } = await setUp(0);
    const other = await exchange(services, await grantCode(services, who, id, { clientId: tokens.clientId }));
    const { access_token, refresh_token } = (await other.json()) as Tokens;
    await refreshed(services, tokens.clientId, tokens.refresh_token);
    expect((await refresh(services, tokens.clientId, tokens.refresh_token)).status).toBe(400);
    expect(await works(services, access_token)).toBe(true);
    await refreshed(services, tokens.clientId, refresh_token);
  });
});

describe("H-OAUTH-18 a refresh that asks for what it was not given", () => {
  test.each<[string, Record<string, string>, string]>([
    ["a wider scope", { scope: "avatars:read personas:read" }, "invalid_scope"],
    ["another resource", { resource: "https://other.example/mcp" }, "invalid_target"],
  ])("%s is refused, and nothing is rotated", async (_what, more, error) => {
    const { services, tokens } = await setUp(0);
    expect(await errorOf(await refresh(services, tokens.clientId, tokens.refresh_token, more))).toEqual([400, error]);
    await refreshed(services, tokens.clientId, tokens.refresh_token);
  });

  test("another client's name is refused, and has no lever on the family", async () => {
    const { services, id, tokens } = await setUp(0);
    const thief = await registerClient(services);
    expect(await errorOf(await refresh(services, thief, tokens.refresh_token))).toEqual([400, "invalid_grant"]);
    const next = await refreshed(services, tokens.clientId, tokens.refresh_token);
    expect(await errorOf(await refresh(services, thief, tokens.refresh_token))).toEqual([400, "invalid_grant"]);
    expect(await works(services, next.access_token)).toBe(true);
    expect(await replays(services, id)).toBe(0);
  });

  test("an access token is no refresh token, and the other way round", async () => {
    const { services, tokens } = await setUp(0);
    expect(await errorOf(await refresh(services, tokens.clientId, tokens.access_token))).toEqual([
      400,
      "invalid_grant",
    ]);
    expect(await works(services, tokens.refresh_token)).toBe(false);
  });

  test("a token that lay unused for thirty days is over", async () => {
    const clock = steppedClock();
    const { services, tokens } = await setUp(30, { clock });
    clock.advance(30 * 86_400_000);
    expect(await errorOf(await refresh(services, tokens.clientId, tokens.refresh_token))).toEqual([
      400,
      "invalid_grant",
    ]);
  });
});
