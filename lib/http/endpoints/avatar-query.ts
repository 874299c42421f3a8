import { z } from "zod";
import { AVATAR_FORMATS, AVATAR_SIZES } from "#lib/avatars";
import { AppError } from "#lib/platform/errors";
import { type KnownIdentity, parseLinkedInUrl, parseUsername } from "#lib/profiles";

const oneOf = (values: readonly (string | number)[]) => `use one of ${values.join(", ")}`;

/** The two ways to say who is meant. */
export const identityFields = {
  linkedin_url: z
    .string()
    .max(2_048, "at most 2048 characters")
    .optional()
    .describe(
      "The profile's address on LinkedIn; the scheme may be left out. Pass exactly one of linkedin_url or username.",
    ),
  username: z
    .string()
    .max(400, "at most 400 characters")
    .optional()
    .describe("The part of the address after /in/. Pass exactly one of linkedin_url or username."),
};

export const sizeField = z
  .enum(AVATAR_SIZES.map(String), oneOf(AVATAR_SIZES))
  .default("128")
  .describe("Width and height in pixels.");

export const FALLBACKS = ["initials", "silhouette", "blank", "404"] as const;

export const AvatarQuery = z.object({
  ...identityFields,
  size: sizeField,
  format: z
    .enum(AVATAR_FORMATS, oneOf(AVATAR_FORMATS))
    .optional()
    .describe("The picture's format; without it, what the Accept header prefers."),
  name: z
    .string()
    .max(100, "at most 100 characters")
    .optional()
    .describe("The person's name, for better initials before the profile is known."),
  fallback: z
    .enum(FALLBACKS, oneOf(FALLBACKS))
    .default("initials")
    .describe(
      "What to show until there is a photo: initials art, a silhouette, a transparent picture, or an answer with status 404.",
    ),
  refresh: z
    .string()
    .optional()
    .meta({ deprecated: true })
    .describe("Accepted and ignored; photos refresh by themselves."),
});

/** Throws AppError `exactly_one_identifier`, or what is wrong with the one that was given. */
export function readIdentity(given: {
  linkedin_url?: string | undefined;
  username?: string | undefined;
}): KnownIdentity {
  const { linkedin_url: url, username } = given;
  if ((url === undefined) === (username === undefined)) throw new AppError("exactly_one_identifier");
  const parsed = url === undefined ? parseUsername(username ?? "") : parseLinkedInUrl(url);
  if (!parsed.ok) throw new AppError(parsed.code);
  return parsed;
}
