import type { Message } from "#lib/platform/mail";
import { compose } from "./compose.ts";
import { plainName } from "./plain.ts";

export type InvitationMail = {
  to: string;
  publicUrl: string;
  link: string;
  workspace: string;
  role: string;
  /** The e-mail address of who invites; null for whoever runs the server. */
  invitedBy: string | null;
};

/** The link by which its addressee joins a workspace. */
export function invitationMail({ to, publicUrl, link, workspace, role, invitedBy }: InvitationMail): Message {
  const name = plainName(workspace, "");
  const what = name ? `the workspace “${name}”` : "a workspace";
  const { host } = new URL(publicUrl);
  return compose({
    to,
    subject: `Invitation to ${what} at ${host}`,
    paragraphs: [
      `${invitedBy ?? `Whoever runs ${host}`} invites you to join ${what} on Avtrz, as ${role}.`,
      "Open this link to see what it is, and sign in there to join. It works once, for seven days, and for this e-mail address alone.",
    ],
    action: { label: "See the invitation", url: link },
    closing: "If you did not expect it, do nothing: nobody joins without the link.",
  });
}
