import { AppError, isAppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { Dashboard } from "../../../dashboard.ts";

/** Asks as a member of the workspace, for one unit of persona_requests. `error` is the code of a refusal. */
export async function ask({ services, viewer, workspace }: Dashboard, personaId: string, question: string) {
  const at = services.clock.now();
  const metered = services.quotas.personas.begin({
    id: newId("req", at),
    organizationId: workspace.id,
    userId: viewer.userId,
    channel: "dashboard",
    tool: "ask",
    at,
  });
  try {
    const rate = await services.quotas.rates.mcp(viewer.userId);
    if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
    const persona = await services.personas.persona(workspace.id, personaId);
    await metered.take(persona.id);
    const answer = await persona.answer(question);
    const passages = await persona.passages(answer.citations.map((citation) => citation.passage_id));
    metered.settle(answer.refusal ? "not_covered" : "answered");
    return { answer, passages };
  } catch (error) {
    metered.fail(error);
    if (isAppError(error)) return { error: error.code };
    throw error;
  }
}
