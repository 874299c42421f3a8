import { expect, test } from "vitest";
import { expectDescribed } from "../../support/openapi.ts";
import { ASK, askable, post, QUERY, questionsOf } from "../../support/persona-requests.ts";
import { testServices, used } from "../../support/services.ts";

test("200: an answer whose every sentence is cited, or that there is none, for one unit of persona_requests", async () => {
  const services = await testServices();
  const { id, key, persona } = await askable(services, { persona_requests: 5 });
  const response = await post(services, `/v1/personas/${persona.id}/ask`, key, {
    question: "Why is the salt tax unjust?",
  });
  expect(response.status).toBe(200);
  await expectDescribed(services, ASK, response);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect([response.headers.get("x-quota-limit"), response.headers.get("x-quota-remaining")]).toEqual(["5", "4"]);
  const { citations, response: said } = await response.json();
  expect(citations.length).toBeGreaterThan(0);
  for (const { quote } of citations) expect(said).toContain(quote);

  // By its short name too.
  const refusal = await post(services, `/v1/personas/${persona.slug}/ask`, key, { question: "What is bitcoin?" });
  await expectDescribed(services, ASK, refusal);
  expect(await refusal.json()).toMatchObject({ citations: [], refusal: "not_covered" });
  expect(await used(services, id, "persona_requests")).toBe(2);
  expect(await used(services, id)).toBe(0);
  expect(await questionsOf(services, id)).toMatchObject([
    { tool: "ask", channel: "api", outcome: "answered", units: 1, personaId: persona.id },
    { tool: "ask", channel: "api", outcome: "not_covered", units: 1, personaId: persona.id },
  ]);
  expect((await services.quotas.reconcile()).filter((repair) => repair.organizationId === id)).toEqual([]);
});

test("200: passages best first, none below the threshold; what they are given to /ask is what it answers from", async () => {
  const services = await testServices();
  const { key, persona } = await askable(services);
  const ask = (body: object) => post(services, `/v1/personas/${persona.id}/query`, key, body);
  const response = await ask({ query: "the bridge at Wells", limit: 1, threshold: 0 });
  await expectDescribed(services, QUERY, response);
  const { passages } = await response.json();
  expect(passages).toHaveLength(1);
  expect(passages[0].content).toContain("The bridge at Wells was built in 1742");
  expect((await (await ask({ query: "bitcoin", threshold: 1 })).json()).passages).toEqual([]);
  const answer = await post(services, `/v1/personas/${persona.id}/ask`, key, {
    question: "Who built the bridge at Wells?",
    passages,
  });
  expect((await answer.json()).citations[0].passage_id).toBe(passages[0].passage_id);
});

test("200: a limit of N answers exactly N questions, however many come at once, and a retry costs nothing more", async () => {
  const services = await testServices();
  const { id, key, persona } = await askable(services, { persona_requests: 7 });
  const ask = (headers = {}) =>
    post(services, `/v1/personas/${persona.id}/ask`, key, { question: "Why is the salt tax unjust?" }, headers);
  const first = await ask({ "idempotency-key": "one" });
  const again = await ask({ "idempotency-key": "one" });
  expect(await again.json()).toEqual(await first.json());
  const statuses = (await Promise.all(Array.from({ length: 20 }, () => ask()))).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(6);
  expect(new Set(statuses)).toEqual(new Set([200, 402]));
  expect(await used(services, id, "persona_requests")).toBe(7);
});
