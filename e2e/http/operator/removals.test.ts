import { expect, test } from "vitest";
import { REMOVAL_DECISIONS } from "../../../lib/http/index.ts";
import type { Message } from "../../../lib/platform/mail.ts";
import { form, type Person, person } from "../../support/person.ts";
import { newUsername, send, testServices, workspace } from "../../support/services.ts";

async function setUp() {
  const mails: Message[] = [];
  const probe = await testServices();
  const home = await workspace(probe);
  const [operator, owner] = [await person(probe), await person(probe, { [home.id]: "owner" })];
  const services = await testServices(
    { operatorEmails: [operator.email] },
    { mail: async (message) => void mails.push(message) },
  );
  const waiting = async (username = newUsername("queued")) => {
    const token = await services.privacy.removals.ask({
      username,
      email: `${username}@example.com`,
      note: "",
      network: username,
    });
    await services.privacy.removals.confirm(token ?? "");
    const [one] = (await services.privacy.removals.waiting()).filter((request) => request.username === username);
    return { username, id: one?.id ?? "" };
  };
  const decide = async (
    who: Person,
    fields: Record<string, string>,
    body = form(services, who, REMOVAL_DECISIONS, fields),
  ) => {
    const answer = await send(services, "/operator/removals/decide", {
      method: "POST",
      body,
      headers: { cookie: who.cookie },
    });
    return { status: answer.status, to: answer.headers.get("location")?.replace("http://avtrz.test", "") };
  };
  return { services, mails, operator, owner, waiting, decide };
}

test("303: an operator grants, refuses with a reason, and both are told by mail", async () => {
  const { services, mails, operator, waiting, decide } = await setUp();
  const [granted, refused] = [await waiting(), await waiting()];
  expect(await decide(operator, { id: granted.id, decision: "grant" })).toEqual({
    status: 303,
    to: "/operator/removals?done=grant",
  });
  expect(await services.profiles.suppressions.has(granted.username)).toBe(true);
  expect((await decide(operator, { id: refused.id, decision: "refuse" })).to).toContain("error=reason_missing");
  expect((await decide(operator, { id: refused.id, decision: "refuse", reason: "Not yours." })).to).toContain(
    "done=refuse",
  );
  expect((await decide(operator, { id: refused.id, decision: "grant" })).to).toContain("error=removal_not_found");
  expect(mails.map(({ to }) => to)).toEqual([granted, refused].map(({ username }) => `${username}@example.com`));
  const lines = await services.db.query<{ action: string; text: string }>(
    "select action, a::text as text from audit_event a where target = any($1) order by id",
    [[granted.id, refused.id]],
  );
  expect(lines.map(({ action }) => action)).toEqual(["removal.grant", "removal.refuse"]);
  for (const { text } of lines) expect(text).not.toContain("queued-");
});

test("404 for everybody else, whatever they own; 403 without our form's token; nothing is decided by it", async () => {
  const { services, operator, owner, waiting, decide } = await setUp();
  const { id, username } = await waiting();
  expect(await decide(owner, { id, decision: "grant" })).toMatchObject({ status: 404 });
  expect(await decide(operator, {}, new URLSearchParams({ id, decision: "grant" }))).toMatchObject({ status: 403 });
  expect(await decide(operator, {}, form(services, owner, REMOVAL_DECISIONS, { id, decision: "grant" }))).toMatchObject(
    { status: 403 },
  );
  const nobody = { ...owner, cookie: "" };
  expect((await decide(nobody, { id, decision: "grant" })).to).toMatch(/^\/sign-in/);
  expect(await services.profiles.suppressions.has(username)).toBe(false);
});
