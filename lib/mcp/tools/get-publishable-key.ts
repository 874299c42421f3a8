import { z } from "zod";
import { AVATAR_SIZES } from "#lib/avatars";
import { defineTool } from "../define-tool.ts";
import { avatarAddress } from "../image-address.ts";
import { TEXTS } from "../results.ts";

export const getPublishableKey = defineTool({
  name: "get_publishable_key",
  title: "Get the publishable key",
  description:
    'Return the workspace\'s publishable avatar key and a ready-to-fill URL template, so that durable image URLs can be built without calling get_profile_avatar per person. Use it when a user asks for "a URL I can paste" or wants <img> URLs for a whole list of people at once. Takes no input.',
  scope: "keys:read",
  meter: null,
  input: z.strictObject({}),
  output: z.object({
    publishable_key: z.string().describe("The workspace's unrestricted publishable key (pk_…)."),
    url_template: z.string().describe("Replace <LINKEDIN_URL> with a full LinkedIn URL, and set size."),
    sizes: z.array(z.number()).describe("The accepted square sizes."),
    note: z.string().describe("How the key behaves."),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  read: () => null,
  async run(_nothing, { services, grant }) {
    const found = await services.keys.manager.mcpKey(grant.organizationId);
    if (found.status === "revoked") return { error: TEXTS.keyRevoked };
    if (found.status === "missing") return { error: found.ownerless ? TEXTS.keyOwnerless : TEXTS.keyMissing };
    const template = avatarAddress(services.config.publicUrl, found.key, "<LINKEDIN_URL>", 128);
    const text = [
      `URL template: ${template}`,
      `Replace <LINKEDIN_URL> with a full LinkedIn URL (or swap to username=<USERNAME>) and set size to one of ${AVATAR_SIZES.join(", ")}.`,
      TEXTS.keyNote,
    ].join("\n");
    return {
      content: [{ type: "text", text }],
      structured: {
        publishable_key: found.key,
        url_template: template,
        sizes: [...AVATAR_SIZES],
        note: TEXTS.keyNote,
      },
    };
  },
});
