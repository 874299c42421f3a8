import { z } from "zod";
import { METRICS } from "#lib/quotas";
import { type Answer, endpoint } from "../endpoint.ts";

export const UsageAnswer = z.object({
  organization: z.string(),
  usage: z.array(
    z.object({
      metric: z.enum(METRICS),
      used: z.number().int(),
      limit: z.number().int().nullable().describe("Null is unlimited."),
      resets: z.iso.datetime().describe("When the counter starts again at 0."),
    }),
  ),
});

/** `GET /v1/usage`: what the key's workspace has used this month. Costs nothing; secret keys only. */
export const usage = endpoint({
  method: "GET",
  tool: "usage",
  keys: ["secret"],
  query: z.object({}),
  read: () => null,
  run: async (_input, { services, principal }): Promise<Answer> => {
    const rows = await services.quotas.limits.usage(principal.organizationId);
    const body: z.infer<typeof UsageAnswer> = { organization: principal.organizationId, usage: rows };
    return { response: Response.json(body, { headers: { "cache-control": "no-store" } }) };
  },
});
