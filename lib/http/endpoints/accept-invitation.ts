import { refusal } from "../dashboard/acts.ts";
import { readForm } from "../form.ts";
import { handler } from "../handler.ts";
import { seeOther } from "../redirect.ts";
import { readSession } from "../session.ts";
import { signInPage } from "../sign-in/links.ts";

/** `POST /invite/accept`: takes the invitation whose page sent the form. */
export const acceptInvitation = handler({ methods: ["POST"] }, async (request, services) => {
  const { publicUrl } = services.config;
  const session = await readSession(request.headers, services);
  if (!session) return seeOther(signInPage(publicUrl, { next: "/workspaces" }));
  const fields = await readForm(request, services, session, "invitation");
  const token = fields.get("token") ?? "";
  try {
    const { organizationId } = await services.invitations.accept(session, token);
    return seeOther(`${publicUrl}/${organizationId}?done=join`);
  } catch (error) {
    return seeOther(`${publicUrl}/invite/${encodeURIComponent(token)}?error=${refusal(error)}`);
  }
});
