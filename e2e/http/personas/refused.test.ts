import { expect, test } from "vitest";
import { mintKey } from "../../../lib/keys/format.ts";
import { ASK, askable, post, QUERY, questionsOf } from "../../support/persona-requests.ts";
import { expectProblem } from "../../support/problems.ts";
import { testServices, used, workspace } from "../../support/services.ts";

const question = "Why is the salt tax unjust?";

test("400, 401, 402, 403, 404, 409, 413, 415, 422 and 429 cost nothing, and are described", async () => {
  const services = await testServices();
  const { id, key, keyId, publishable, persona } = await askable(services, { persona_requests: 1 });
  const address = `/v1/personas/${persona.id}/ask`;
  const refused = async (status: number, code: Parameters<typeof expectProblem>[4], response: Promise<Response>) =>
    expectProblem(services, ASK, await response, status, code);
  await refused(400, "invalid_body", post(services, address, key, {}));
  await refused(400, "invalid_body", post(services, address, key, { question: " " }));
  await refused(400, "invalid_body", post(services, address, key, { question, more: 1 }));
  await refused(400, "invalid_body", post(services, address, key, "{"));
  await refused(400, "unknown_parameter", post(services, `${address}?q=x`, key, { question }));
  await refused(401, "missing_key", post(services, address, undefined, { question }));
  await refused(401, "invalid_key", post(services, address, mintKey("secret"), { question }));
  await refused(403, "key_type_not_allowed", post(services, address, publishable, { question }));
  await refused(404, "persona_not_found", post(services, "/v1/personas/per_none/ask", key, { question }));
  await refused(413, "body_too_large", post(services, address, key, { question: "x".repeat(300_000) }));
  await refused(415, "unsupported_media_type", post(services, address, key, "x", { "content-type": "text/plain" }));
  const empty = await services.personas.create("operator", id, { name: "Nobody" });
  await refused(409, "persona_not_ready", post(services, `/v1/personas/${empty.id}/ask`, key, { question }));
  await services.quotas.personas.close();
  expect(await used(services, id, "persona_requests")).toBe(0);
  const paid = await post(services, address, key, { question }, { "idempotency-key": "a" });
  expect(paid.status).toBe(200);
  const other = `/v1/personas/${persona.id}/query`;
  const reused = await post(services, other, key, { query: "x" }, { "idempotency-key": "a" });
  await expectProblem(services, QUERY, reused, 422, "idempotency_key_reused");
  await refused(402, "quota_exceeded", post(services, address, key, { question }));
  expect(await used(services, id, "persona_requests")).toBe(1);
  const rows = await questionsOf(services, id);
  expect(rows.filter(({ units }) => units > 0)).toHaveLength(1);
  expect(rows.at(-1)).toMatchObject({ outcome: "blocked", code: "quota_exceeded", keyId });
});

test("404: the persona of another workspace is not there", async () => {
  const services = await testServices();
  const { persona } = await askable(services);
  const stranger = await (await workspace(services)).mint("secret");
  for (const name of [persona.id, persona.slug]) {
    const response = await post(services, `/v1/personas/${name}/ask`, stranger.key, { question });
    await expectProblem(services, ASK, response, 404, "persona_not_found");
  }
});

test("429: a key that asks too fast is told how long to wait", async () => {
  const services = await testServices({ rateLimits: { organization: 1_000, key: 1, user: 1_000, address: 1_000 } });
  const { key, persona } = await askable(services);
  const ask = () => post(services, `/v1/personas/${persona.id}/ask`, key, { question });
  let response = await ask();
  for (let n = 0; n < 4 && response.status !== 429; n++) response = await ask();
  await expectProblem(services, ASK, response, 429, "rate_limited");
});

test("503: a database that is away is an answer within two seconds", async () => {
  const services = await testServices({ databaseUrl: "postgres://nobody@127.0.0.1:1/nothing" });
  const response = await post(services, "/v1/personas/x/ask", mintKey("secret"), { question });
  await expectProblem(services, ASK, response, 503, "database_unavailable");
});
