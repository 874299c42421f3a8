import type { ImageContent } from "@modelcontextprotocol/server";
import { z } from "zod";
import { AVATAR_SIZES, type AvatarSize, type Resolved, renderInitialsRaster, renderInitialsSvg } from "#lib/avatars";
import { identityFields, imageUrl, readIdentity } from "#lib/http";
import { PROFILE_CARD } from "../card/resource.ts";
import { type CallContext, defineTool, type Ran } from "../define-tool.ts";
import { imageAddress } from "../image-address.ts";
import { takesSvg } from "../raster-clients.ts";
import { TEXTS } from "../results.ts";

type Answer = { imageUrl?: string };

export const getProfileAvatar = defineTool({
  name: "get_profile_avatar",
  title: "Get a profile photo",
  description:
    "Fetch the avatar image for a business profile by LinkedIn URL or username. Returns the photo as an inline image and, as imageUrl, a durable URL to embed anywhere. While the avatar is still being enriched, it returns deterministic initials art and the URL where the final image will appear.",
  scope: "avatars:read",
  input: z.strictObject({
    ...identityFields,
    size: z
      .literal(AVATAR_SIZES, `use one of ${AVATAR_SIZES.join(", ")}`)
      .default(256)
      .describe("Avatar dimensions in pixels (square)."),
  }),
  output: z.object({
    imageUrl: z
      .string()
      .optional()
      .describe("Shows the picture wherever it is pasted; absent when the key is not available."),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  view: PROFILE_CARD,
  read: ({ size, ...who }) => ({ username: readIdentity(who).username, size }),
  meter: { subject: "avatar", unit: ({ username, size }) => ({ username, size }) },
  async run({ username, size }, context) {
    const { services, grant } = context;
    const resolved = await services.avatars.resolve(grant.organizationId, username);
    if (resolved.photo) {
      const shown = await photo(resolved, resolved.photo.sha256, size, context);
      if (shown) return shown;
      // Its file was gone, and the person is now to be looked up again.
      return art(await services.avatars.resolve(grant.organizationId, username), size, context);
    }
    return art(resolved, size, context);
  },
});

async function photo(
  { username, name }: Resolved,
  sha256: string,
  size: AvatarSize,
  context: CallContext,
): Promise<Ran<Answer> | null> {
  const { services } = context;
  const [bytes, address] = await Promise.all([
    services.avatars.photos.variant(sha256, size, "webp"),
    imageAddress(context, username, size),
  ]);
  if (!bytes) return null;
  const lines = [`Avatar for ${username}: ${imageUrl(services.config.publicUrl, sha256, size, "webp")}`];
  if (address) lines.push(`Embeddable URL: ${address}`);
  return {
    content: [image(bytes, "image/webp"), { type: "text", text: lines.join("\n") }],
    structured: address ? { imageUrl: address } : {},
    outcome: "resolved",
    meta: { "avtrz/card": { name: name || username } },
  };
}

async function art({ username, name, status }: Resolved, size: AvatarSize, context: CallContext): Promise<Ran<Answer>> {
  if (status === "not_found") return { error: TEXTS.noAvatar(username), outcome: "not_found" };
  const [picture, address] = await Promise.all([
    initials(name, username, size, context.grant.knownClient),
    imageAddress(context, username, size),
  ]);
  return {
    content: [picture, { type: "text", text: TEXTS.avatarQueued(username, address) }],
    structured: address ? { imageUrl: address } : {},
    outcome: "enriching",
    meta: { "avtrz/card": { name: name || username } },
  };
}

async function initials(
  name: string,
  username: string,
  size: AvatarSize,
  knownClient: string | null,
): Promise<ImageContent> {
  const drawing = { name, username, size };
  if (takesSvg(knownClient)) return image(Buffer.from(renderInitialsSvg(drawing)), "image/svg+xml");
  return image(await renderInitialsRaster({ ...drawing, format: "png" }), "image/png");
}

function image(bytes: Uint8Array, mimeType: string): ImageContent {
  return { type: "image", data: Buffer.from(bytes).toString("base64"), mimeType };
}
