import type { Message } from "#lib/platform/mail";
import { compose } from "./compose.ts";
import { plainAddress, plainName } from "./plain.ts";

export type KeyLeakedMail = {
  to: string;
  publicUrl: string;
  id: string;
  organizationId: string;
  workspace: string;
  keyName: string;
  last4: string;
  /** Where the key was found; as the report says, or empty. */
  foundAt: string;
};

/** A secret key was found in public and has been revoked. */
export function keyLeakedMail({ to, publicUrl, id, organizationId, workspace, ...key }: KeyLeakedMail): Message {
  const name = plainName(workspace, "your workspace");
  const called = plainName(key.keyName, "");
  const which = `${called ? `“${called}” ` : ""}(sk_live_…${key.last4})`;
  const where = plainAddress(key.foundAt);
  return compose({
    to,
    subject: `A leaked secret key was revoked: ${name}`,
    paragraphs: [
      `The secret key ${which} of “${name}” was found in public and reported. It is revoked: every request with it is refused.`,
      ...(where ? [`It was found at: ${where}`] : []),
      "What used it needs a new key. Take the old one out of the public place too, and look through the workspace’s requests for any that were not yours.",
    ],
    action: { label: "See the workspace’s keys", url: `${publicUrl}/${organizationId}/keys` },
    closing: `You get this because you own “${name}”.`,
    id,
  });
}
