import { z } from "zod";
import type { AskablePersona } from "#lib/corpora";
import { listen } from "#lib/personas";
import { AppError } from "#lib/platform/errors";
import type { PersonaOutcome } from "#lib/quotas";
import { authenticate } from "../authenticate.ts";
import { addressBucket } from "../client-address.ts";
import { clientOf } from "../client-name.ts";
import { failure, type Handler, handler } from "../handler.ts";
import { parseBody, parseQuery } from "../parse.ts";

const MAX_BODY_BYTES = 256 * 1024;
const MOST_CHARACTERS = 8_000;

const words = (name: string) =>
  z
    .string(`${name} must be text`)
    .max(MOST_CHARACTERS, `at most ${MOST_CHARACTERS} characters`)
    .refine((text) => text.trim() !== "", "must not be empty");

export const AskBody = z.strictObject({
  question: words("question").describe("What to ask."),
  context: z
    .array(z.strictObject({ role: z.string().max(100), content: z.string().max(MOST_CHARACTERS) }))
    .max(50, "at most 50 turns")
    .default([])
    .describe("The conversation so far."),
  passages: z
    .array(z.unknown())
    .max(50, "at most 50 passages")
    .default([])
    .describe("Passages that /query found: the answer is made from those of them that the corpus has."),
});
export const SearchBody = z.strictObject({
  query: words("query").describe("What to look for."),
  limit: z.int("a whole number").min(1, "1 or more").max(50, "at most 50").default(5),
  threshold: z.number("a number").min(0, "from 0 to 1").max(1, "from 0 to 1").default(0.7),
});

const Place = {
  source: z.string().describe("The title of the work."),
  page: z.int().nullable().describe("Null where the work has no pages."),
  page_label: z.string().nullable().describe("The number printed on the page."),
  location: z.string().nullable().describe("Heading and paragraph, or a time."),
  year: z.int().nullable(),
  document_id: z.string(),
  passage_id: z.string(),
};
const notice = z.string().optional().describe("What could not be used, such as an embedding model that is down.");
export const AskAnswer = z.object({
  response: z.string(),
  citations: z.array(z.object({ ...Place, quote: z.string().describe("Verbatim.") })),
  confidence: z.enum(["high", "medium", "low"]),
  refusal: z.string().optional().describe("Why there is no answer: not_covered, out_of_time or no_question."),
  notice,
});
export const SearchAnswer = z.object({
  passages: z.array(
    z.object({ ...Place, content: z.string(), score: z.number().describe("How likely it is relevant, 0 to 1.") }),
  ),
  notice,
});

/** `POST /v1/personas/<id>/ask`: an answer whose every sentence is cited, or that the corpus does not cover it. */
export const personaAsk = personaEndpoint("ask", AskBody, async (persona, { question, context, passages }) => {
  const heard = listen();
  const answer = await persona.answer(question, { context, passages, report: heard.report });
  return { body: { ...answer, ...heard.notice() }, outcome: answer.refusal ? "not_covered" : "answered" };
});

/** `POST /v1/personas/<id>/query`: passages for a query, best first. */
export const personaQuery = personaEndpoint("query", SearchBody, async (persona, { query, limit, threshold }) => {
  const heard = listen();
  const passages = await persona.query(query, { limit, threshold, report: heard.report });
  return { body: { passages, ...heard.notice() }, outcome: passages.length > 0 ? "answered" : "not_covered" };
});

/**
 * A question with a secret key. The order is that of every keyed endpoint: authenticate → rate limit → parse → find the
 * persona → meter → work. A unit is kept for an answer alone, a refusal for want of a source among them.
 */
function personaEndpoint<Body extends z.ZodType>(
  tool: string,
  schema: Body,
  run: (persona: AskablePersona, body: z.infer<Body>) => Promise<{ body: object; outcome: PersonaOutcome }>,
): Handler {
  return handler({ methods: ["POST"], cors: true }, async (request, services, requestId) => {
    const url = new URL(request.url);
    const { keys, quotas, config, clock } = services;
    const begin = (of: { organizationId: string; keyId: string }) =>
      quotas.personas.begin({
        id: requestId,
        organizationId: of.organizationId,
        keyId: of.keyId,
        channel: "api",
        tool,
        client: clientOf(request.headers.get("user-agent")),
        at: clock.now(),
      });
    const authentication = await authenticate(request, url.searchParams, { keys }, ["secret"]);
    if (!authentication.ok) {
      const state = await quotas.rates.address(addressBucket(request, config.trustedProxyHops));
      if (!state.allowed) throw new AppError("rate_limited", { retryAfterSeconds: state.resetSeconds });
      if (authentication.of) begin(authentication.of).block(authentication.error.code);
      return failure(request, services, requestId, authentication.error);
    }
    const { organizationId, keyId } = authentication.principal;
    const metered = begin(authentication.principal);
    const headers = new Headers({ "cache-control": "no-store" });
    try {
      const rate = await quotas.rates.api(organizationId, keyId);
      headers.set("ratelimit-limit", String(rate.limit));
      headers.set("ratelimit-remaining", String(rate.remaining));
      headers.set("ratelimit-reset", String(rate.resetSeconds));
      if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
      parseQuery(z.object({}), url.searchParams);
      const body = await parseBody(schema, request, MAX_BODY_BYTES);
      const persona = await services.personas.persona(organizationId, url.pathname.split("/")[3] ?? "");
      await metered.take(persona.id, idempotencyKey(request));
      const answer = await run(persona, body);
      metered.settle(answer.outcome);
      return withQuota(Response.json(answer.body, { headers }));
    } catch (thrown) {
      metered.fail(thrown);
      return withQuota(failure(request, services, requestId, thrown));
    }

    function withQuota(response: Response): Response {
      for (const [name, value] of headers) if (name !== "cache-control") response.headers.set(name, value);
      const quota = metered.quota();
      if (quota) {
        response.headers.set("x-quota-limit", String(quota.limit ?? "unlimited"));
        response.headers.set("x-quota-remaining", String(quota.remaining ?? "unlimited"));
      }
      return response;
    }
  });
}

function idempotencyKey(request: Request): string | undefined {
  const key = request.headers.get("idempotency-key") || undefined;
  if (key && key.length > 200)
    throw new AppError("invalid_parameter", {
      fields: { parameter: "Idempotency-Key", expected: "at most 200 characters" },
    });
  return key;
}
