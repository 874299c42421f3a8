import { z } from "zod";
import { AVATAR_FORMATS, AVATAR_SIZES, type AvatarFormat, type AvatarSize, renderInitialsRaster } from "#lib/avatars";
import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import type { Authentication } from "../authenticate.ts";
import { type Answer, endpoint } from "../endpoint.ts";

const DAY_SECONDS = 86_400;

/** Names of its own, so that no key is looked for in such an address, and none can slip in. */
export const SignedImageQuery = z.object({
  person: z.string().min(1, "a username").max(400, "at most 400 characters").describe("Whose picture."),
  px: z.enum(AVATAR_SIZES.map(String), `use one of ${AVATAR_SIZES.join(", ")}`).describe("Width and height in pixels."),
  as: z.enum(AVATAR_FORMATS, `use one of ${AVATAR_FORMATS.join(", ")}`).describe("The picture's format."),
  until: z
    .string()
    .regex(/^\d{10,11}$/, "seconds since 1970")
    .describe("When it ends."),
  by: z
    .string()
    .regex(/^key_\w{26}$/, "a key's id")
    .describe("The id of the key that made it."),
  sig: z
    .string()
    .regex(/^[\w-]{43}$/, "a signature")
    .describe("The authentication code over all of it."),
});

/** `GET /v1/image`: one person's picture, by an address that was signed. The picture itself: not every mail program follows. */
export const signedImage = endpoint({
  method: "GET",
  tool: "signed_image",
  keys: [],
  authenticate: bySignature,
  query: SignedImageQuery,
  read: ({ person, px, as, until }) => ({
    username: person,
    size: Number(px) as AvatarSize,
    format: as as AvatarFormat,
    until: Number(until),
  }),
  units: ({ username, size }) => [{ username, size }],
  run: async ({ username, size, format, until }, { services, principal }): Promise<Answer> => {
    const resolved = await services.avatars.resolve(principal.organizationId, username);
    const photo = resolved.photo && (await services.avatars.photos.variant(resolved.photo.sha256, size, format));
    const left = until - Math.floor(services.clock.now() / 1_000);
    const bytes =
      photo ?? (await renderInitialsRaster({ name: resolved.name, username: resolved.username, size, format }));
    const status = photo ? "resolved" : resolved.status === "resolved" ? "enriching" : resolved.status;
    const headers = {
      "content-type": `image/${format}`,
      "cache-control": photo ? `public, max-age=${Math.max(0, Math.min(DAY_SECONDS, left))}` : "no-store",
      "x-avatar-status": status,
      "x-robots-tag": "noindex",
    };
    return { response: new Response(Buffer.from(bytes), { headers }), outcomes: [status] };
  },
});

async function bySignature(
  _request: Request,
  parameters: URLSearchParams,
  services: Services,
): Promise<Authentication> {
  const parsed = SignedImageQuery.strict().safeParse(Object.fromEntries(parameters));
  // What is missing or strange was changed by somebody: an address of ours has all of it.
  if (!parsed.success) return { ok: false, error: new AppError("signed_url_changed"), of: null };
  const { person: username, px, as: format, until, by, sig: signature } = parsed.data;
  const address = { username, size: Number(px), format, until: Number(until), by, signature };
  const verified = await services.keys.signedUrls.verify(address);
  if (!verified.ok) {
    const of = verified.of && { ...verified.of, originDomain: undefined };
    return { ok: false, error: new AppError(`signed_url_${verified.reason}`), of };
  }
  const { organizationId, keyId } = verified;
  return {
    ok: true,
    principal: { organizationId, keyId, keyType: "secret", originDomain: undefined, cachePublicly: true },
  };
}
