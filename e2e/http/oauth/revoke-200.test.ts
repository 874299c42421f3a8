import { expect, test } from "vitest";
import { grantTokens } from "../../support/oauth.ts";
import { person } from "../../support/person.ts";
import { send, testServices, workspace } from "../../support/services.ts";

const revoke = (services: Awaited<ReturnType<typeof testServices>>, fields: Record<string, string>) =>
  send(services, "/oauth/revoke", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  });

test("a client gives its tokens back, and the workspace's log says that it did", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const tokens = await grantTokens(services, await person(services, { [id]: "owner" }), id);
  const answer = await revoke(services, { client_id: tokens.clientId, token: tokens.refresh_token });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(await services.oauth.verifyAccessToken(tokens.access_token, services.oauth.mcpResource)).toEqual({
    ok: false,
    reason: "revoked",
  });
  const rows = await services.db.query(
    "select actor from audit_event where organization_id = $1 and action = 'connection.revoke'",
    [id],
  );
  expect(rows).toEqual([{ actor: "client" }]);
});

test("400: without a client or a token there is nothing to do", async () => {
  const services = await testServices();
  for (const fields of [{ token: "x" }, { client_id: "x" }])
    expect((await revoke(services, fields as Record<string, string>)).status).toBe(400);
});
