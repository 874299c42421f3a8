import type { ProviderStatus } from "#lib/enrichment";
import type { Tone } from "#lib/ui";

/** What came of asking, in words. */
export const OUTCOME_WORDS: Readonly<Record<string, string>> = {
  found: "found",
  not_found: "not known there",
  rate_limited: "asked too often",
  out_of_credit: "out of credit",
  misconfigured: "set up wrongly",
  transient: "no answer",
  paused: "paused",
  budget: "budget spent",
  busy: "every place taken",
};

/** How it stands with a provider: a word, and what to do about it. */
export function standingOf(status: ProviderStatus): { tone: Tone; words: string; detail: string | null } {
  const { pausedUntil, lastOutcome, lastDetail, monthlyBudget, callsThisMonth } = status;
  const why = lastOutcome === "found" || lastOutcome === "not_found" ? null : lastDetail;
  if (pausedUntil)
    return { tone: "warn", words: `paused: ${OUTCOME_WORDS[lastOutcome ?? ""] ?? "failures"}`, detail: why };
  if (monthlyBudget !== null && callsThisMonth >= monthlyBudget)
    return {
      tone: "warn",
      words: "budget spent",
      detail: "It is asked again next month, or when its budget is raised.",
    };
  if (lastOutcome === null) return { tone: "plain", words: "not asked yet", detail: null };
  if (lastOutcome === "found" || lastOutcome === "not_found") return { tone: "good", words: "ok", detail: null };
  return { tone: "warn", words: OUTCOME_WORDS[lastOutcome] ?? lastOutcome, detail: why };
}
