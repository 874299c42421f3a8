import { expect, test } from "vitest";
import { mintKey } from "../../../lib/keys/format.ts";
import type { ErrorCode } from "../../../lib/platform/errors.ts";
import { askable } from "../../support/persona-requests.ts";
import { postForm, putFile, SOURCES } from "../../support/persona-upload.ts";
import { ON_HARBOURS } from "../../support/personas.ts";
import { expectProblem } from "../../support/problems.ts";
import { send, testServices } from "../../support/services.ts";

const NAMED = "?file_name=a.md";

test("400, 401, 403, 404, 413 and 415: what cannot be taken is refused, is described, and leaves no source", async () => {
  const services = await testServices();
  const { id, key, publishable, persona } = await askable(services);
  const stranger = await askable(services);
  const refused = async (status: number, code: ErrorCode, response: Promise<Response>) =>
    expectProblem(services, SOURCES, await response, status, code);
  const put = (query: string, body: RequestInit["body"] = "x", used = key, headers = {}) =>
    putFile(services, persona.id, used, query, body, headers);
  await refused(400, "invalid_parameter", put(""));
  await refused(400, "invalid_parameter", put(`${NAMED}&year=long`));
  await refused(400, "invalid_parameter", put(`?file_name=${"a".repeat(201)}`));
  await refused(400, "unknown_parameter", put(`${NAMED}&path=/etc/passwd`));
  await refused(400, "upload_missing", put(NAMED, ""));
  await refused(401, "missing_key", putFile(services, persona.id, undefined, NAMED, "x"));
  await refused(401, "invalid_key", put(NAMED, "x", mintKey("secret")));
  await refused(403, "key_type_not_allowed", put(NAMED, "x", publishable));
  await refused(404, "persona_not_found", putFile(services, "per_none", key, NAMED, "x"));
  await refused(404, "persona_not_found", put(NAMED, "x", stranger.key));
  await refused(413, "upload_too_large", put(NAMED, "x", key, { "content-length": String(65 * 1024 * 1024) }));
  await refused(415, "unsupported_media_type", put(NAMED, "x", key, { "content-type": "multipart/form-data" }));
  const form = new FormData();
  form.set("title", "No file");
  await refused(400, "upload_missing", postForm(services, persona.id, key, form));
  form.set("file", new File(["x"], ""));
  await refused(400, "invalid_parameter", postForm(services, persona.id, key, form));
  form.set("file", new File(["x"], "a.md"));
  form.set("owner", "me");
  await refused(400, "invalid_body", postForm(services, persona.id, key, form));
  expect(await services.personas.sources("operator", id, persona.id)).toHaveLength(1);
});

test("413: a body without a length is cut off where it becomes too large, and the next is taken", async () => {
  const services = await testServices();
  const { key, persona } = await askable(services);
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1;
      controller.enqueue(new Uint8Array(1024 * 1024));
    },
  });
  const response = await putFile(services, persona.id, key, NAMED, endless);
  await expectProblem(services, SOURCES, response, 413, "upload_too_large");
  expect(sent).toBeLessThan(70);
  expect((await putFile(services, persona.id, key, NAMED, ON_HARBOURS)).status).toBe(202);
});

test("503: a workspace's fourth upload at once waits its turn, and another workspace's does not", async () => {
  const services = await testServices();
  const { key, persona } = await askable(services);
  const other = await askable(services);
  const ends: (() => void)[] = [];
  const slow = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("# Slow\n\nA text.\n"));
        ends.push(() => controller.close());
      },
    });
  const under = [1, 2, 3].map((n) => putFile(services, persona.id, key, `?file_name=${n}.md`, slow()));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const response = await putFile(services, persona.id, key, NAMED, "x");
  expect(response.headers.get("retry-after")).toBeTruthy();
  await expectProblem(services, SOURCES, response, 503, "overloaded");
  expect((await putFile(services, other.persona.id, other.key, NAMED, ON_HARBOURS)).status).toBe(202);
  for (const end of ends) end();
  for (const done of under) expect([200, 202]).toContain((await done).status);
});

test("403 and 404: what GET refuses", async () => {
  const services = await testServices();
  const { key, publishable, persona } = await askable(services);
  const stranger = await askable(services);
  const get = (path: string, used: string) => send(services, path, { headers: { "x-api-key": used } });
  const [LIST, ONE] = ["get /v1/personas", "get /v1/personas/{id}"] as const;
  await expectProblem(services, LIST, await get("/v1/personas", publishable), 403, "key_type_not_allowed");
  await expectProblem(services, LIST, await get("/v1/personas?all=1", key), 400, "unknown_parameter");
  await expectProblem(services, ONE, await get(`/v1/personas/${persona.id}`, publishable), 403, "key_type_not_allowed");
  await expectProblem(services, ONE, await get(`/v1/personas/${persona.id}`, stranger.key), 404, "persona_not_found");
  await expectProblem(services, ONE, await get(`/v1/personas/${persona.id}/nothing`, key), 404, "not_found");
  await expectProblem(services, ONE, await get("/v1/personas/", key), 404, "not_found");
});

test("503: a database that is away is an answer within two seconds", async () => {
  const services = await testServices({ databaseUrl: "postgres://nobody@127.0.0.1:1/nothing" });
  const response = await putFile(services, "x", mintKey("secret"), NAMED, "x");
  await expectProblem(services, SOURCES, response, 503, "database_unavailable");
});
