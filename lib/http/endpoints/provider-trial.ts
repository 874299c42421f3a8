import { refusal } from "../dashboard/acts.ts";
import { readForm } from "../form.ts";
import { handler } from "../handler.ts";
import { seeOther } from "../redirect.ts";
import { readSession } from "../session.ts";
import { signInPage } from "../sign-in/links.ts";

/** What the forms of the operator's page of providers are signed for. */
export const PROVIDER_TRIALS = "provider trials";

/** `POST /operator/providers/try`: an operator tries a provider out. What it told of the person goes nowhere. */
export const tryProvider = handler({ methods: ["POST"] }, async (request, services) => {
  const { publicUrl } = services.config;
  const session = await readSession(request.headers, services);
  if (!session) return seeOther(signInPage(publicUrl, { next: "/operator/providers" }));
  await services.operators.require(session);
  const fields = await readForm(request, services, session, PROVIDER_TRIALS);
  const provider = fields.get("provider") ?? "";
  const to = (outcome: Record<string, string>) =>
    seeOther(`${publicUrl}/operator/providers?${new URLSearchParams({ tried: provider, ...outcome })}`);
  try {
    const trial = await services.enrichment.tryOut(provider, fields.get("whom") ?? "", session.userId);
    const { outcome, facts, photo, ms } = trial;
    return to({ outcome, facts: String(facts), photo: photo ? "1" : "", ms: String(ms) });
  } catch (error) {
    return to({ error: refusal(error) });
  }
});
