import { expect, test } from "vitest";
import { HOT_MOUNTS } from "../../lib/mounts.ts";
import { importPhoto, importText } from "../support/people.ts";
import { drawPhoto } from "../support/photos.ts";
import { ledgerOf, newUsername, postAvatars, send, testServices, workspace } from "../support/services.ts";

const VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const MATRIX = Object.keys(HOT_MOUNTS).flatMap((mount) => VERBS.map((verb) => [verb, mount] as const));

/** Two workspaces; the second knows a person that the first does not, and everything of it has a telling name. */
async function setUp() {
  const services = await testServices();
  const [mine, theirs] = [await workspace(services), await workspace(services)];
  const username = newUsername();
  await importText(
    services,
    theirs.id,
    "Connections.csv",
    `First Name,Last Name,URL,Email Address,Company,Position,Connected On\nZerlina,Quux,https://www.linkedin.com/in/${username},,Acme,Boss,01 Jan 2024\n`,
  );
  await importPhoto(services, theirs.id, username, await drawPhoto());
  await postAvatars(services, theirs.key, { people: [{ username }] }, { "idempotency-key": "theirs" });
  const photo = (await services.avatars.resolve(theirs.id, username)).photo?.sha256 ?? "";
  expect(photo).not.toBe("");
  const state = async () => ({
    keys: (await services.keys.manager.list(theirs.id)).map((key) => ({ ...key, lastUsedAt: null })),
    usage: await services.quotas.limits.usage(theirs.id),
    rows: await ledgerOf(services, theirs.id),
  });
  return { services, mine, theirs, username, secrets: [theirs.id, theirs.keyId, theirs.key, photo, "Zerlina"], state };
}

test("H-KEY-59 a key never reaches what another workspace has: every route, every verb, every way to name it", async () => {
  const { services, mine, theirs, username, secrets, state } = await setUp();
  const { key } = await mine.mint("secret");
  const before = await state();
  const queries = [
    { username },
    ...["organization", "organization_id", "workspace", "org"].map((name) => ({ [name]: theirs.id })),
    ...["key_id", "id"].map((name) => ({ [name]: theirs.keyId })),
  ];
  for (const [verb, mount] of MATRIX) {
    for (const query of queries) {
      const asked = `${verb} ${mount} ${Object.keys(query)}`;
      const path = mount === "/cdn/" ? `/cdn/${theirs.keyId}/64.webp` : mount.replace(/\/$/, `/${theirs.keyId}`);
      const body = verb === "GET" || verb === "HEAD" ? null : JSON.stringify({ people: [{ username }] });
      const response = await send(services, `${path}?${new URLSearchParams(query as Record<string, string>)}`, {
        method: verb,
        headers: { "x-api-key": key, "content-type": "application/json", "idempotency-key": "theirs" },
        body,
      });
      // 401 is the scanner's signature, 303 leads to the sign-in page; 403 would say that there is something to be forbidden,
      // but for an address without its signature, which says nothing of whom it names.
      const unsigned = mount === "/v1/image" && response.headers.get("x-error-code") === "signed_url_changed";
      expect([200, 204, 303, 400, 401, 404, 405, 410, 415, 422, ...(unsigned ? [403] : [])], asked).toContain(
        response.status,
      );
      if (response.status === 303) expect(response.headers.get("location"), asked).toContain("/sign-in?");
      const text = JSON.stringify([...response.headers]) + (await response.text());
      for (const secret of secrets) expect(text.includes(secret), asked).toBe(false);
    }
  }
  expect(await state()).toEqual(before);
});

test("H-KEY-59 a person that only another workspace knows is 404, as somebody nobody knows is", async () => {
  const { services, mine, username } = await setUp();
  const { key } = await mine.mint("secret");
  const answerTo = async (name: string) => {
    const response = await send(services, `/v1/profile?username=${name}`, { headers: { "x-api-key": key } });
    const { request_id: _, title, ...problem } = await response.json();
    return { status: response.status, ...problem, title: title.replace(name, "…") };
  };
  const answer = await answerTo(username);
  expect(answer.status).toBe(404);
  expect(answer).toEqual(await answerTo(newUsername()));
});

test("H-KEY-59 another workspace's key, named by its id, cannot be changed and is not found", async () => {
  const { services, mine, theirs, state } = await setUp();
  const before = await state();
  const { manager } = services.keys;
  const attempts = await Promise.allSettled([
    manager.revoke(mine.id, theirs.keyId, "test"),
    manager.rotate(mine.id, theirs.keyId, 0, "test"),
    manager.setDomains(mine.id, theirs.keyId, ["evil.example"], "test"),
  ]);
  const notFound = { status: "rejected", reason: { code: "key_not_found" } };
  expect(attempts).toMatchObject([notFound, notFound, notFound]);
  expect(await state()).toEqual(before);
  expect((await manager.list(mine.id)).map((key) => key.id)).not.toContain(theirs.keyId);
});
