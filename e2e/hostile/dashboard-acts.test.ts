/** H-WEB-108: every form and every read of a workspace, sent by somebody who may not; made from the tables that mount them. */
import { expect, test } from "vitest";
import { ACTS } from "../../lib/http/dashboard/acts.ts";
import { workspaceFormPurpose } from "../../lib/http/dashboard/purpose.ts";
import { READS } from "../../lib/http/dashboard/reads.ts";
import { testServices, workspace } from "../support/services.ts";
import { fieldFor, newEmail, post, sendFrom, signInAs } from "../support/sign-in.ts";

/** What any member may do: to leave, and to end what is their own. With the fields sent here these too find nothing. */
const FIELDS = {
  name: "Taken over",
  role: "owner",
  domains: "evil.example",
  grace: "now",
  type: "secret",
  reason: "x",
};

async function place() {
  const services = await testServices();
  const { id, keyId } = await workspace(services);
  const owner = { email: newEmail(), ...(await signInAs(services, newEmail())) };
  await services.invitations.accept(
    owner,
    (await services.invitations.create("operator", id, { role: "owner" })).token,
  );
  return { services, id, fields: { ...FIELDS, id: keyId, back: `/${id}` } };
}

async function rowsOf(services: Awaited<ReturnType<typeof testServices>>, id: string): Promise<string> {
  const tables = ["api_key", "membership", "invitation", "imported_person", "audit_event"];
  const rows = tables.map((table) => services.db.query(`select * from ${table} where organization_id = $1`, [id]));
  rows.push(services.db.query("select * from organization where id = $1", [id]));
  return JSON.stringify(await Promise.all(rows));
}

test.each(Object.keys(ACTS))(
  "H-WEB-108 the form %s changes nothing for nobody, a stranger or a member",
  async (act) => {
    const { services, id, fields } = await place();
    const target = `/workspaces/${id}/${act}`;
    const before = await rowsOf(services, id);
    const nobody = await post(services, target, fields);
    expect([nobody.status, nobody.headers.get("location")]).toEqual([303, expect.stringContaining("/sign-in?")]);

    const stranger = await signInAs(services, newEmail());
    const theirs = fieldFor(services, stranger.cookie, workspaceFormPurpose(id));
    expect(await told(await post(services, target, { ...fields, ...theirs }, { cookie: stranger.cookie }))).toBe(
      "refused",
    );
    const without = await post(services, target, fields, { cookie: stranger.cookie });
    expect([without.status, (await without.json()).code]).toEqual([403, "form_refused"]);
    expect(await rowsOf(services, id)).toBe(before);

    const email = newEmail();
    const member = { email, ...(await signInAs(services, email)) };
    await services.invitations.accept(
      member,
      (await services.invitations.create("operator", id, { role: "member" })).token,
    );
    const joined = await rowsOf(services, id);
    const his = fieldFor(services, member.cookie, workspaceFormPurpose(id));
    expect(await told(await post(services, target, { ...fields, ...his }, { cookie: member.cookie }))).toBe("refused");
    expect(await rowsOf(services, id)).toBe(joined);
  },
);

test.each(Object.keys(READS))("H-WEB-108 the read %s is nobody's but a member's", async (read) => {
  const { services, id } = await place();
  const target = `/api/workspaces/${id}/${read}?q=test`;
  expect((await sendFrom(services, target)).status).toBe(401);
  const stranger = await signInAs(services, newEmail());
  const answer = await sendFrom(services, target, { headers: { cookie: stranger.cookie } });
  expect([answer.status, (await answer.json()).code]).toEqual([404, "organization_not_found"]);
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

/** Refused by a page that says why, or by a problem document; anything else is told as it is. */
async function told(answer: Response): Promise<string> {
  const location = answer.headers.get("location") ?? "";
  if (answer.status === 303 && /[?&]error=\w+/.test(location)) return "refused";
  if (answer.status >= 400 && answer.status < 500) return "refused";
  return `${answer.status} ${location} ${await answer.text()}`;
}
