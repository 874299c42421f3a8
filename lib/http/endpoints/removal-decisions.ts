import { AppError } from "#lib/platform/errors";
import { refusal } from "../dashboard/acts.ts";
import { readForm } from "../form.ts";
import { handler } from "../handler.ts";
import { seeOther } from "../redirect.ts";
import { readSession } from "../session.ts";
import { signInPage } from "../sign-in/links.ts";

/** What the forms of the operator's queue are signed for. */
export const REMOVAL_DECISIONS = "removal decisions";

/** `POST /operator/removals/decide`: what an operator decided about a request not to be shown. */
export const decideRemoval = handler({ methods: ["POST"] }, async (request, services) => {
  const { publicUrl } = services.config;
  const session = await readSession(request.headers, services);
  if (!session) return seeOther(signInPage(publicUrl, { next: "/operator/removals" }));
  await services.operators.require(session);
  const fields = await readForm(request, services, session, REMOVAL_DECISIONS);
  const id = fields.get("id") ?? "";
  const to = (outcome: Record<string, string>) =>
    seeOther(`${publicUrl}/operator/removals?${new URLSearchParams(outcome)}`);
  try {
    const decision = fields.get("decision");
    if (decision !== "grant" && decision !== "refuse") throw new AppError("form_refused");
    const { mailed } =
      decision === "grant"
        ? await services.privacy.grant(id, session.userId)
        : await services.privacy.refuse(id, fields.get("reason") ?? "", session.userId);
    return to({ done: decision, ...(mailed ? {} : { unmailed: "1" }) });
  } catch (error) {
    return to({ error: refusal(error) });
  }
});
