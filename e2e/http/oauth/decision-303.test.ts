import { expect, test } from "vitest";
import {
  authorizationParameters,
  authorize,
  decide,
  exchange,
  pkce,
  registerClient,
  requestIdOf,
} from "../../support/oauth.ts";
import { person } from "../../support/person.ts";
import { testServices, workspace } from "../../support/services.ts";

async function setUp() {
  const services = await testServices();
  const [first, second] = [await workspace(services), await workspace(services)];
  const who = await person(services, { [first.id]: "owner", [second.id]: "member" });
  const clientId = await registerClient(services);
  const proof = pkce();
  const ask = async () =>
    requestIdOf(await authorize(services, authorizationParameters(services, clientId, proof), who));
  const connections = () =>
    services.db.query(
      `select organization_id, scopes, redirect_host, known_client from connection where client_id = $1 order by created_at`,
      [clientId],
    );
  return { services, first, second, who, clientId, proof, ask, connections };
}

test("Allow connects the client to the workspace chosen, and leads to it with a code", async () => {
  const { services, second, who, clientId, proof, ask, connections } = await setUp();
  const answer = await decide(services, who, await ask(), { decision: "allow", organization: second.id });
  expect(answer.status).toBe(303);
  const { searchParams } = new URL(answer.headers.get("location") ?? "");
  expect([...searchParams.keys()]).toEqual(["code", "state", "iss"]);
  expect(await connections()).toEqual([
    {
      organization_id: second.id,
      scopes: ["avatars:read", "profiles:read", "keys:read"],
      redirect_host: "client.example",
      known_client: null,
    },
  ]);
  const granted = {
    clientId,
    code: searchParams.get("code") ?? "",
    verifier: proof.verifier,
    organizationId: second.id,
  };
  expect((await exchange(services, granted)).status).toBe(200);
});

test("Allow for the same client again adds to the connection there is; for another workspace it is another one", async () => {
  const { services, first, second, who, ask, connections } = await setUp();
  for (const { id } of [first, first, second])
    await decide(services, who, await ask(), { decision: "allow", organization: id });
  expect((await connections()).map((row) => row["organization_id"])).toEqual([first.id, second.id]);
});

test("Deny leads back with access_denied, and connects nothing", async () => {
  const { services, first, who, ask, connections } = await setUp();
  const answer = await decide(services, who, await ask(), { decision: "deny", organization: first.id });
  expect(answer.status).toBe(303);
  expect(new URL(answer.headers.get("location") ?? "").searchParams.get("error")).toBe("access_denied");
  expect(await connections()).toEqual([]);
});

test("what was allowed and refused stands in the workspace's audit log", async () => {
  const { services, first, who, clientId, ask } = await setUp();
  await decide(services, who, await ask(), { decision: "allow", organization: first.id });
  const rows = await services.db.query(
    "select actor, action, detail->>'clientId' as client from audit_event where organization_id = $1 and action like 'connection.%'",
    [first.id],
  );
  expect(rows).toEqual([{ actor: who.userId, action: "connection.create", client: clientId }]);
});
