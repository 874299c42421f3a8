import { z } from "zod";
import { AVATAR_FORMATS, AVATAR_SIZES } from "#lib/avatars";
import { isAppError } from "#lib/platform/errors";
import { type Answer, endpoint } from "../endpoint.ts";
import { identityFields, readIdentity } from "./avatar-query.ts";

const MAX_ROWS = 100;
const MAX_BODY_BYTES = 512 * 1024;
const DAY_SECONDS = 86_400;
const MAX_SECONDS = 400 * DAY_SECONDS;

export const SignedUrlsBody = z.strictObject({
  people: z
    .array(z.strictObject(identityFields))
    .min(1, "at least one row")
    .max(MAX_ROWS, `at most ${MAX_ROWS} rows`)
    .describe("Whose pictures, up to 100."),
  size: z
    .union(
      AVATAR_SIZES.map((size) => z.literal(size)),
      `use one of ${AVATAR_SIZES.join(", ")}`,
    )
    .default(128),
  format: z
    .enum(AVATAR_FORMATS, `use one of ${AVATAR_FORMATS.join(", ")}`)
    .default("png")
    .describe("PNG and JPEG are shown by every mail program."),
  expires_in_seconds: z
    .number("a whole number")
    .int("a whole number")
    .min(60, "at least 60")
    .max(MAX_SECONDS, `at most ${MAX_SECONDS}, which is 400 days`)
    .default(30 * DAY_SECONDS)
    .describe("For how long the addresses work. Default: 30 days."),
});

export const SignedUrlsAnswer = z.object({
  expires_at: z.string(),
  people: z.array(
    z.object({
      username: z.string().optional(),
      url: z.string().optional().describe("For an <img>; needs no key."),
      code: z.string().optional().describe("For an invalid row: what is wrong, as in the errors table."),
    }),
  ),
});

/** `POST /v1/signed-urls`: addresses of pictures that need no key, such as for mails. Making them costs nothing; showing does. */
export const signedUrls = endpoint({
  method: "POST",
  tool: "signed_urls",
  keys: ["secret"],
  query: z.object({}),
  body: { schema: SignedUrlsBody, maxBytes: MAX_BODY_BYTES },
  read: (_query, body) => body,
  run: async ({ people, size, format, expires_in_seconds }, { services, principal }): Promise<Answer> => {
    const until = Math.floor(services.clock.now() / 1_000) + expires_in_seconds;
    const rows = people.map((given) => {
      try {
        const { username } = readIdentity(given);
        return { username, url: services.keys.signedUrls.make({ username, size, format, until }, principal.keyId) };
      } catch (error) {
        if (isAppError(error)) return { code: error.code };
        throw error;
      }
    });
    const body: z.infer<typeof SignedUrlsAnswer> = { expires_at: new Date(until * 1_000).toISOString(), people: rows };
    return { response: Response.json(body, { headers: { "cache-control": "no-store" } }) };
  },
});
