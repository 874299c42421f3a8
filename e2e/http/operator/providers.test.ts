import { expect, onTestFinished, test } from "vitest";
import { PROVIDER_TRIALS } from "../../../lib/http/index.ts";
import { form, type Person, person } from "../../support/person.ts";
import { enrichLayer } from "../../support/provider-contracts.ts";
import { startProviderServer } from "../../support/provider-server.ts";
import { newUsername, send, testServices, workspace } from "../../support/services.ts";

async function setUp() {
  const provider = await startProviderServer(enrichLayer);
  onTestFinished(() => provider.stop());
  const probe = await testServices();
  const home = await workspace(probe);
  const [operator, owner] = [await person(probe), await person(probe, { [home.id]: "owner" })];
  const services = await testServices({
    operatorEmails: [operator.email],
    enrichlayer: { url: provider.baseUrl, apiKey: provider.apiKey },
    allowPrivateHosts: [provider.host],
  });
  const tryOut = async (who: Person, whom: string, body?: URLSearchParams) => {
    const fields = { provider: "enrichlayer", whom };
    const answer = await send(services, "/operator/providers/try", {
      method: "POST",
      body: body ?? form(services, who, PROVIDER_TRIALS, fields),
      headers: { cookie: who.cookie },
    });
    return { status: answer.status, to: answer.headers.get("location")?.replace("http://avtrz.test", "") ?? "" };
  };
  return { services, provider, operator, owner, tryOut };
}

test("303: an operator sees how a provider answers; nothing of the person is kept, or stands in an address or the audit log", async () => {
  const { services, provider, operator, tryOut } = await setUp();
  const username = newUsername("tried");
  provider.set(username, { kind: "found" });
  const { status, to } = await tryOut(operator, `https://www.linkedin.com/in/${username}`);
  expect(status).toBe(303);
  expect(to).toMatch(/^\/operator\/providers\?tried=enrichlayer&outcome=found&facts=\d+&photo=1&ms=\d+$/);
  expect(provider.calls.map(({ identifier }) => identifier)).toEqual([username]);
  expect(await (await services.db.prisma()).profile.findUnique({ where: { username } })).toBeNull();
  const lines = await services.db.query<{ text: string }>(
    "select a::text as text from audit_event a where action = 'provider.try' and actor = $1",
    [operator.userId],
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]?.text).not.toContain(username);
});

test("303: what cannot be tried is said with its reason, and nobody is asked", async () => {
  const { services, provider, operator, tryOut } = await setUp();
  const suppressed = newUsername("hidden");
  await services.profiles.suppressions.add(suppressed, "asked", "test");
  expect((await tryOut(operator, suppressed)).to).toContain("error=person_suppressed");
  expect((await tryOut(operator, "https://www.linkedin.com/company/acme")).to).toContain("error=");
  expect(provider.calls).toEqual([]);
});

test("404 for everybody else, whatever they own; 403 without our form's token; nobody is asked by it", async () => {
  const { services, provider, operator, owner, tryOut } = await setUp();
  const username = newUsername("untried");
  expect((await tryOut(owner, username)).status).toBe(404);
  const bare = new URLSearchParams({ provider: "enrichlayer", whom: username });
  expect((await tryOut(operator, username, bare)).status).toBe(403);
  const theirs = form(services, owner, PROVIDER_TRIALS, { provider: "enrichlayer", whom: username });
  expect((await tryOut(operator, username, theirs)).status).toBe(403);
  expect((await tryOut({ ...owner, cookie: "" }, username)).to).toMatch(/^\/sign-in/);
  expect(provider.calls).toEqual([]);
});
