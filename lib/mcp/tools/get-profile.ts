import { z } from "zod";
import { identityFields, imageUrl, ProfileAnswer, readIdentity } from "#lib/http";
import { canonicalUrl, type ProfileDescription } from "#lib/profiles";
import { PROFILE_CARD } from "../card/resource.ts";
import { type CallContext, defineTool } from "../define-tool.ts";
import { TEXTS } from "../results.ts";
import { profileMarkdown } from "./profile-markdown.ts";

const PICTURE_SIZE = 512;
const CARD_PICTURE_SIZE = 128;

export const getProfile = defineTool({
  name: "get_profile",
  title: "Get profile data",
  description:
    "Fetch enriched business-profile data — name, headline, summary, industry, location, profile picture URL, open-to-work — for a person by LinkedIn URL or username. If the profile hasn't been enriched yet, it enqueues enrichment and asks the caller to retry.",
  scope: "profiles:read",
  input: z.strictObject(identityFields),
  output: ProfileAnswer,
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  view: PROFILE_CARD,
  read: (who) => ({ username: readIdentity(who).username }),
  meter: { subject: "profile", unit: ({ username }) => ({ username }) },
  async run({ username }, context) {
    const { services, grant } = context;
    const resolved = await services.avatars.resolve(grant.organizationId, username);
    const sha256 = resolved.photo?.sha256;
    const picture = sha256 ? imageUrl(services.config.publicUrl, sha256, PICTURE_SIZE, "webp") : null;
    const known = await services.profiles.describe(grant.organizationId, username, picture);
    if (known) return { ...(await tellOf(known, resolved.name, sha256, context)), outcome: "resolved" };
    if (resolved.status !== "enriching") return { error: TEXTS.noProfile(resolved.username), outcome: "not_found" };
    // An output schema holds for every answer that is no error, so this one says whom it is about.
    return {
      content: [{ type: "text", text: TEXTS.profileQueued(resolved.username) }],
      structured: { linkedin_url: canonicalUrl(resolved.username), username: resolved.username },
      outcome: "enriching",
    };
  },
});

async function tellOf(known: ProfileDescription, name: string, sha256: string | undefined, { services }: CallContext) {
  // The card may load nothing from anywhere, so its portrait comes along, where models do not see it.
  const bytes = sha256 && (await services.avatars.photos.variant(sha256, CARD_PICTURE_SIZE, "webp"));
  const portrait = bytes ? { picture: Buffer.from(bytes).toString("base64"), mimeType: "image/webp" } : {};
  return {
    content: [{ type: "text" as const, text: profileMarkdown(known) }],
    structured: known,
    meta: { "avtrz/card": { name: name || known.username, ...portrait } },
  };
}
