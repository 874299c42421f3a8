import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { Services } from "#lib/services";
import type { SignedIn } from "../session.ts";

const MOST_CHARACTERS = 2_000;

/**
 * Asks as a member of the workspace, for one unit of persona_requests, and keeps the answer for its page. Returns its id.
 * Throws AppError; a unit is given back when no answer came of it.
 */
export async function askPersona(
  { quotas, personas, clock }: Services,
  viewer: SignedIn,
  organizationId: string,
  personaId: string,
  question: string,
): Promise<{ personaId: string; answerId: string }> {
  const at = clock.now();
  // Whether they may is asked ahead of the meter, which is the workspace's.
  const { id } = await personas.get(viewer, organizationId, personaId);
  const metered = quotas.personas.begin({
    id: newId("req", at),
    organizationId,
    userId: viewer.userId,
    channel: "dashboard",
    tool: "ask",
    at,
  });
  try {
    const rate = await quotas.rates.mcp(viewer.userId);
    if (!rate.allowed) throw new AppError("rate_limited", { retryAfterSeconds: rate.resetSeconds });
    const asked = question.trim().slice(0, MOST_CHARACTERS);
    if (!asked) throw new AppError("invalid_parameter", { fields: { parameter: "question", expected: "a question" } });
    const persona = await personas.persona(organizationId, id);
    await metered.take(id);
    const answer = await persona.answer(asked);
    const answerId = await personas.keepAnswer(viewer, organizationId, { personaId: id, question: asked, answer });
    metered.settle(answer.refusal ? "not_covered" : "answered");
    return { personaId: id, answerId };
  } catch (error) {
    metered.fail(error);
    throw error;
  }
}
