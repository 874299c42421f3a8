import { z } from "zod";
import { type Answer, endpoint } from "../endpoint.ts";
import { identityFields, readIdentity } from "./avatar-query.ts";

export const RecheckQuery = z.object({
  ...identityFields,
  estimate: z
    .enum(["true", "false"], "true or false")
    .default("false")
    .describe("With true, nobody is asked and nothing is metered: the answer says what it might cost."),
});

export const RecheckAnswer = z.object({
  status: z
    .enum(["enriching", "not_due", "estimate"])
    .describe("`not_due`: looked up within the last hour, or there is no provider to ask."),
  username: z.string(),
  cost: z
    .array(
      z.object({
        provider: z.string(),
        units: z.number().int().describe("Of the provider's monthly budget, at most."),
        left: z.number().int().nullable().describe("What is left of it this month. Null is without end."),
        paused_until: z.iso.datetime().nullable(),
      }),
    )
    .describe("In the order in which they are asked, each only for what those before it did not tell."),
});

/** `POST /v1/recheck`: looks a person up again before it is time, and says what that may cost. Secret keys only. */
export const recheck = endpoint({
  method: "POST",
  tool: "recheck",
  keys: ["secret"],
  query: RecheckQuery,
  read: (query) => ({ username: readIdentity(query).username, estimate: query.estimate === "true" }),
  units: ({ username, estimate }) => (estimate ? [] : [{ username }]),
  run: async ({ username, estimate }, { services, principal }): Promise<Answer> => {
    const { people } = services.profiles;
    const cost = (await people.cost()).map(({ pausedUntil, ...rest }) => ({ ...rest, paused_until: pausedUntil }));
    const answer = (status: z.infer<typeof RecheckAnswer>["status"]) =>
      Response.json({ status, username, cost } satisfies z.infer<typeof RecheckAnswer>, {
        status: status === "enriching" ? 202 : 200,
        headers: { "cache-control": "no-store" },
      });
    if (estimate) return { response: answer("estimate") };
    const queued = await people.recheckByKey(principal.organizationId, principal.keyId, username);
    return { response: answer(queued ? "enriching" : "not_due"), outcomes: [queued ? "enriching" : "resolved"] };
  },
});
