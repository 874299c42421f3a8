import { refusal } from "../dashboard/acts.ts";
import { readForm } from "../form.ts";
import { handler } from "../handler.ts";
import { seeOther } from "../redirect.ts";
import { readSession } from "../session.ts";
import { signInPage } from "../sign-in/links.ts";

/** What the form of a new workspace is signed for. */
export const NEW_WORKSPACE = "new workspace";

/** `POST /workspaces/create`: a workspace of one's own, and on to its first key. */
export const createWorkspace = handler({ methods: ["POST"] }, async (request, services) => {
  const { publicUrl } = services.config;
  const session = await readSession(request.headers, services);
  if (!session) return seeOther(signInPage(publicUrl, { next: "/onboarding/workspace" }));
  const fields = await readForm(request, services, session, NEW_WORKSPACE);
  try {
    const { organizationId } = await services.users.addWorkspace(session, fields.get("name") ?? "");
    return seeOther(`${publicUrl}/${organizationId}/welcome/key`);
  } catch (error) {
    return seeOther(`${publicUrl}/onboarding/workspace?error=${refusal(error)}`);
  }
});
