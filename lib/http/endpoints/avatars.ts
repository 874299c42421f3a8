import { z } from "zod";
import { AVATAR_FORMATS, AVATAR_SIZES, type AvatarFormat, type AvatarSize } from "#lib/avatars";
import { isAppError } from "#lib/platform/errors";
import type { Outcome } from "#lib/quotas";
import { type Answer, endpoint } from "../endpoint.ts";
import { identityFields, readIdentity } from "./avatar-query.ts";

export const MAX_ROWS = 100;
const MAX_BODY_BYTES = 512 * 1024;

export const AvatarsBody = z.strictObject({
  people: z
    .array(z.strictObject({ ...identityFields, name: z.string().max(100, "at most 100 characters").optional() }))
    .min(1, "at least one row")
    .max(MAX_ROWS, `at most ${MAX_ROWS} rows`)
    .describe("Whom to look up, up to 100; each costs one unit."),
  size: z
    .union(
      AVATAR_SIZES.map((size) => z.literal(size)),
      `use one of ${AVATAR_SIZES.join(", ")}`,
    )
    .default(128),
  format: z.enum(AVATAR_FORMATS, `use one of ${AVATAR_FORMATS.join(", ")}`).default("webp"),
});

export const AvatarsAnswer = z.object({
  people: z.array(
    z.object({
      status: z.enum(["resolved", "enriching", "not_found", "invalid"]),
      username: z.string().optional(),
      image_url: z.string().optional().describe("The photo itself; immutable."),
      thumbhash: z.string().optional().describe("Base64; a blurred placeholder of about 25 bytes."),
      dominant_colour: z.string().optional(),
      code: z.string().optional().describe("For an invalid row: what is wrong, as in the errors table."),
    }),
  ),
});
type RowAnswer = z.infer<typeof AvatarsAnswer>["people"][number];

type Row = { ok: true; username: string; name: string | undefined } | { ok: false; code: string };

/** `POST /v1/avatars`: up to 100 people at once, one unit a valid row; all of them or, when the quota is short, none. */
export const avatars = endpoint({
  method: "POST",
  tool: "avatars",
  keys: ["publishable", "secret"],
  query: z.object({}),
  body: { schema: AvatarsBody, maxBytes: MAX_BODY_BYTES },
  read: (_query, body) => ({ ...body, rows: body.people.map(readRow) }),
  units: ({ rows, size }) => rows.flatMap((row) => (row.ok ? [{ username: row.username, size }] : [])),
  run: async ({ rows, size, format }, { services, principal }): Promise<Answer> => {
    const answers = await Promise.all(
      rows.map(async (row): Promise<RowAnswer> => {
        if (!row.ok) return { status: "invalid", code: row.code };
        const resolved = await services.avatars.resolve(principal.organizationId, row.username, row.name);
        const answer = { status: resolved.status, username: resolved.username };
        if (!resolved.photo) return answer;
        return {
          ...answer,
          image_url: imageUrl(services.config.publicUrl, resolved.photo.sha256, size, format),
          thumbhash: Buffer.from(resolved.photo.thumbhash).toString("base64"),
          dominant_colour: resolved.photo.dominantColour,
        };
      }),
    );
    const outcomes = answers.flatMap(({ status }): Outcome[] => (status === "invalid" ? [] : [status]));
    const response = Response.json({ people: answers } satisfies z.infer<typeof AvatarsAnswer>, {
      headers: { "cache-control": "no-store" },
    });
    return { response, outcomes };
  },
});

/** The immutable address of a stored photo. */
export function imageUrl(publicUrl: string, sha256: string, size: AvatarSize, format: AvatarFormat): string {
  return `${publicUrl}/cdn/${sha256}/${size}.${format}`;
}

function readRow(given: z.infer<typeof AvatarsBody>["people"][number]): Row {
  try {
    return { ok: true, username: readIdentity(given).username, name: given.name };
  } catch (error) {
    if (isAppError(error)) return { ok: false, code: error.code };
    throw error;
  }
}
