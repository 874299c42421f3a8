import { z } from "zod";
import { AppError } from "#lib/platform/errors";
import { type Answer, endpoint } from "../endpoint.ts";
import { identityFields, readIdentity } from "./avatar-query.ts";
import { imageUrl } from "./avatars.ts";

const PICTURE_SIZE = 512;

export const ProfileAnswer = z.object({
  linkedin_url: z.string(),
  username: z.string(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  headline: z.string().optional(),
  summary: z.string().optional(),
  industry: z.string().optional(),
  location: z.string().optional(),
  picture_url: z.string().optional(),
  open_to_work: z.boolean().optional(),
  premium: z.boolean().optional(),
  verified: z.boolean().optional(),
});
export const ProfileQueued = z.object({ status: z.literal("enriching"), username: z.string() });

/** `GET /v1/profile`: what is known of a person; 202 while that is being looked up. Secret keys only. */
export const profile = endpoint({
  method: "GET",
  tool: "profile",
  keys: ["secret"],
  query: z.object(identityFields),
  read: (query) => ({ username: readIdentity(query).username }),
  units: (input) => [input],
  run: async ({ username }, { services, principal }): Promise<Answer> => {
    const resolved = await services.avatars.resolve(principal.organizationId, username);
    const picture = resolved.photo && imageUrl(services.config.publicUrl, resolved.photo.sha256, PICTURE_SIZE, "webp");
    const known = await services.profiles.describe(principal.organizationId, username, picture);
    const headers = { "cache-control": "no-store" };
    if (known) return { response: Response.json(known, { headers }), outcomes: ["resolved"] };
    if (resolved.status === "enriching") {
      const body: z.infer<typeof ProfileQueued> = { status: "enriching", username: resolved.username };
      return {
        response: Response.json(body, { status: 202, headers: { ...headers, "retry-after": "3" } }),
        outcomes: ["enriching"],
      };
    }
    throw new AppError("profile_not_found", { fields: { username: resolved.username } });
  },
});
