import { invitationMail } from "#lib/mails";
import type { Role, Viewer } from "#lib/organizations";
import type { Services } from "#lib/services";
import { invitationLink } from "./sign-in/links.ts";

/** What became of an invitation's mail; `none`: it names nobody, or there is no mail server and the terminal shows it. */
export type InvitationSent = "mailed" | "unsent" | "limited" | "none";

export type Invited = { id: string; token: string; expiresAt: string; sent: InvitationSent };

/**
 * Makes an invitation, and mails it to whom it names. A mail that cannot be sent, or that would be one too many today,
 * takes nothing from the invitation: its link can still be handed over. Throws what `invitations.create` does.
 */
export async function invite(
  services: Services,
  viewer: Viewer,
  organizationId: string,
  wanted: { role: Role; email: string | null },
): Promise<Invited> {
  const { config, invitations, log, mail } = services;
  const { mayMail, ...made } = await invitations.create(viewer, organizationId, { ...wanted, mail: true });
  const found = wanted.email ? await invitations.find(made.token) : null;
  if (!found?.email) return { ...made, sent: "none" };
  if (!mayMail) return { ...made, sent: "limited" };
  const { publicUrl } = config;
  const { email: to, organizationName: workspace, role, invitedBy } = found;
  try {
    await mail(
      invitationMail({ to, publicUrl, link: invitationLink(publicUrl, made.token), workspace, role, invitedBy }),
    );
    return { ...made, sent: config.mail ? "mailed" : "none" };
  } catch (error) {
    log.warn({ err: error, organizationId, invitation: made.id }, "an invitation could not be mailed");
    return { ...made, sent: "unsent" };
  }
}
