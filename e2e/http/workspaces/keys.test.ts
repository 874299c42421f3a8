import { expect, test } from "vitest";
import { workspaceFormPurpose } from "../../../lib/http/index.ts";
import { newId } from "../../../lib/platform/ids.ts";
import type { Services } from "../../../lib/services.ts";
import { type Person, person } from "../../support/person.ts";
import { testServices, workspace } from "../../support/services.ts";
import { fieldFor, post, sendFrom } from "../../support/sign-in.ts";

/** Sends a form of the workspace's pages as that person would. */
function change(services: Services, who: Person, id: string, act: string, fields: Record<string, string>) {
  const form = { ...fieldFor(services, who.cookie, workspaceFormPurpose(id)), ...fields };
  return post(services, `/workspaces/${id}/${act}`, form, { cookie: who.cookie });
}

function shownTo(answer: Response): string | undefined {
  return answer.headers
    .getSetCookie()
    .join()
    .match(/sk_live_\w{30}/)?.[0];
}

test("H-KEY-61 a form sent twice at once, and again later, makes one key; its secret is in a cookie alone", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const owner = await person(services, { [id]: "owner" });
  const keyId = newId("key", Date.now());
  const fields = { id: keyId, type: "secret", name: "Backend", back: `/${id}/keys/create` };
  const twice = await Promise.all([1, 2].map(() => change(services, owner, id, "create-key", fields)));
  const [secret, again] = twice.map(shownTo);
  expect(secret).toMatch(/^sk_live_/);
  expect(again).toBe(secret);
  for (const answer of twice) {
    expect(answer.headers.get("location")).toBe(`http://avtrz.test/${id}/keys/${keyId}/new?done=create-key`);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.getSetCookie()[0]).toMatch(
      new RegExp(`^avtrz\\.new-key=${keyId}\\.${secret}; Path=/${id}; Max-Age=120; HttpOnly; SameSite=Strict$`),
    );
    expect(await answer.text()).toBe("");
  }
  // As another process would answer it, or this one later.
  const other = await testServices();
  const later = await change(other, owner, id, "create-key", { ...fields, name: "Another" });
  expect(later.headers.get("location")).toContain(`/${id}/keys/${keyId}/new`);
  expect(later.headers.getSetCookie()).toEqual([]);
  const keys = (await services.keys.overview(owner, id)).filter(({ type }) => type === "secret");
  expect(keys.map(({ name }) => name)).toEqual(["Backend"]);
});

test("a rotation pressed twice shows the one key it made both times, and is refused after that", async () => {
  const services = await testServices();
  const { id, mint } = await workspace(services);
  const owner = await person(services, { [id]: "owner" });
  const old = await mint("secret");
  const fields = { id: old.id, grace: "1h", back: `/${id}/keys/${old.id}` };
  const twice = await Promise.all([1, 2].map(() => change(services, owner, id, "rotate-key", fields)));
  expect(new Set(twice.map((answer) => answer.headers.get("location"))).size).toBe(1);
  expect(new Set(twice.map(shownTo)).size).toBe(1);
  const later = await change(await testServices(), owner, id, "rotate-key", fields);
  expect(later.headers.get("location")).toBe(`http://avtrz.test/${id}/keys/${old.id}?error=key_conflict`);
});

test("a key's id that another workspace has makes nothing, and leads to nothing of theirs", async () => {
  const services = await testServices();
  const [own, others] = [await workspace(services), await workspace(services)];
  const owner = await person(services, { [own.id]: "owner" });
  const fields = { id: others.keyId, type: "publishable", name: "Mine", back: `/${own.id}/keys/create` };
  const answer = await change(services, owner, own.id, "create-key", fields);
  expect(answer.headers.get("location")).toContain(`/${own.id}/keys/${others.keyId}/new`);
  expect(await services.keys.find(owner, own.id, others.keyId)).toBeNull();
});

test("what was refused comes back with what was typed, cut to what an address holds", async () => {
  const services = await testServices();
  const { id } = await workspace(services);
  const owner = await person(services, { [id]: "owner" });
  const domains = `https://${"x".repeat(5_000)}`;
  const fields = { id: newId("key", Date.now()), type: "publishable", name: "Web & site", domains };
  const answer = await change(services, owner, id, "create-key", { ...fields, back: `/${id}/keys/create` });
  const told = new URL(answer.headers.get("location") ?? "").searchParams;
  expect(Object.fromEntries(told)).toEqual({
    error: "invalid_domain",
    name: "Web & site",
    type: "publishable",
    domains: domains.slice(0, 1_000),
  });
});

test("the CSV names every key and holds none", async () => {
  const services = await testServices();
  const { id, key } = await workspace(services);
  const member = await person(services, { [id]: "member" });
  const answer = await sendFrom(services, `/api/workspaces/${id}/keys.csv`, { headers: { cookie: member.cookie } });
  expect(answer.headers.get("content-disposition")).toBe('attachment; filename="keys.csv"');
  const csv = await answer.text();
  expect(csv.trim().split("\r\n")).toHaveLength(2);
  expect(csv).toContain(`test,publishable,${key.slice(-4)},`);
  expect(csv).not.toContain(key);
});
