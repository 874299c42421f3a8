import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Services } from "../../../lib/services.ts";
import { testServices, workspace } from "../../support/services.ts";
import { fieldFor, newEmail, signInAs } from "../../support/sign-in.ts";
import { upload, uploadForm } from "../../support/uploads.ts";

const PEOPLE = {
  name: "Connections.csv",
  content: "First Name,URL\nAda,https://www.linkedin.com/in/ada-brook-upload\n",
};
const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

beforeAll(async () => {
  // A folder of this file's own, to see what is left in it.
  process.env["TMPDIR"] = await mkdtemp(path.join(tmpdir(), "avtrz-uploads-"));
});

afterAll(async () => {
  const left = await readdir(tmpdir());
  expect(left.filter((name) => name.startsWith("avtrz-upload-"))).toEqual([]);
});

async function owner() {
  const services = await testServices();
  const { id } = await workspace(services);
  const email = newEmail();
  const person = { email, ...(await signInAs(services, email)) };
  const { token } = await services.invitations.create("operator", id, { role: "owner" });
  await services.invitations.accept(person, token);
  return { services, id, cookie: person.cookie, target: `/uploads/${id}/people?back=/${id}/people/import` };
}

async function refusal(answer: Response) {
  return [answer.status, (await answer.json()).code];
}

async function known(services: Services, id: string): Promise<number> {
  return (await services.people.list(id)).length;
}

test("415: a form that brings no file is not one of these", async () => {
  const { services, cookie, target, id } = await owner();
  for (const type of [
    "application/x-www-form-urlencoded",
    "text/csv",
    "multipart/form-data",
    "multipart/mixed; boundary=x",
  ]) {
    const answer = await upload(services, target, PEOPLE.content, { cookie, "content-type": type });
    expect([type, ...(await refusal(answer))]).toEqual([type, 415, "unsupported_media_type"]);
  }
  expect(await known(services, id)).toBe(0);
});

test("413: more than 64 MB is refused before it is read when it says so, and as soon as it is more when it does not", async () => {
  const { services, cookie, target, id } = await owner();
  const said = await upload(services, target, "x", {
    cookie,
    "content-type": "multipart/form-data; boundary=x",
    "content-length": String(65 * 1024 * 1024),
  });
  expect(await refusal(said)).toEqual([413, "upload_too_large"]);

  const { form_token } = fieldFor(services, cookie, `workspace ${id}`);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent === 0)
        controller.enqueue(
          Buffer.from(
            `--x\r\ncontent-disposition: form-data; name="form_token"\r\n\r\n${form_token}\r\n--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n`,
          ),
        );
      sent += 1024 * 1024;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  const answer = await upload(services, target, endless, { cookie, "content-type": "multipart/form-data; boundary=x" });
  expect(await refusal(answer)).toEqual([413, "upload_too_large"]);
  expect(sent).toBeLessThan(70 * 1024 * 1024);
});

test("400: no file, an empty form, or one that is cut short", async () => {
  const { services, cookie, target, id } = await owner();
  expect(await refusal(await upload(services, target, uploadForm(services, cookie, id, null), { cookie }))).toEqual([
    400,
    "upload_missing",
  ]);
  const type = { cookie, "content-type": "multipart/form-data; boundary=x" };
  const { form_token } = fieldFor(services, cookie, `workspace ${id}`);
  const token = `--x\r\ncontent-disposition: form-data; name="form_token"\r\n\r\n${form_token}\r\n`;
  const cut = `${token}--x\r\ncontent-disposition: form-data; name="file"; filename="Connections.csv"\r\n\r\n${PEOPLE.content}`;
  for (const body of ["", token, cut])
    expect(await refusal(await upload(services, target, body, type))).toEqual([400, "invalid_body"]);
  expect(await known(services, id)).toBe(0);
});

test("403: a form of another session, another workspace, another site, or with its token behind the file", async () => {
  const { services, cookie, target, id } = await owner();
  const { id: other } = await workspace(services);
  const good = () => uploadForm(services, cookie, id, PEOPLE);
  const without = good();
  without.delete("form_token");
  const behind = good();
  const token = behind.get("form_token") ?? "";
  behind.delete("form_token");
  behind.append("form_token", token);
  const attempts: [FormData, Record<string, string>][] = [
    [without, {}],
    [behind, {}],
    [uploadForm(services, cookie, other, PEOPLE), {}],
    [uploadForm(services, "x=another", id, PEOPLE), {}],
    [good(), { origin: "https://evil.example" }],
    [good(), { origin: "null" }],
    [good(), { "sec-fetch-site": "cross-site" }],
  ];
  for (const [body, headers] of attempts)
    expect(await refusal(await upload(services, target, body, { cookie, ...headers }))).toEqual([403, "form_refused"]);
  expect(await known(services, id)).toBe(0);
});

test("H-WEB-108 an upload of nobody, a stranger or a member takes nothing", async () => {
  const { services, target, id } = await owner();
  const nobody = await upload(services, target, uploadForm(services, "x=y", id, PEOPLE), {});
  expect([nobody.status, nobody.headers.get("location")]).toEqual([303, `http://avtrz.test/sign-in?next=%2F${id}`]);
  const stranger = await signInAs(services, newEmail());
  const email = newEmail();
  const member = { email, ...(await signInAs(services, email)) };
  const { token } = await services.invitations.create("operator", id, { role: "member" });
  await services.invitations.accept(member, token);
  const told: unknown[] = [];
  for (const { cookie } of [stranger, member])
    told.push(await refusal(await upload(services, target, uploadForm(services, cookie, id, PEOPLE), { cookie })));
  expect(told).toEqual([
    [404, "organization_not_found"],
    [403, "role_too_low"],
  ]);
  expect(await known(services, id)).toBe(0);
});

test("in a browser a refusal is a page that names the file, says what to do, and leads back", async () => {
  const { services, cookie, target, id } = await owner();
  const file = { name: "C:\\fakepath\\<b>holiday.mp4", content: Buffer.from("\0\0\0 ftypisom") };
  const answer = await upload(services, target, uploadForm(services, cookie, id, file), { cookie, ...HTML });
  expect(answer.status).toBe(400);
  const page = await answer.text();
  expect(page).toMatch(/&#60;b&#62;holiday\.mp4 is not something that can be imported/);
  expect(page).toContain("LinkedIn Connections.csv");
  expect(page).toContain(`href="/${id}/people/import"`);
  expect(page).not.toContain(tmpdir());
  const elsewhere = await upload(services, `/uploads/${id}/people?back=//evil.example`, "x", { cookie, ...HTML });
  expect(await elsewhere.text()).toContain('href="/"');
});
