import type { ProfileFacts, SourcedFacts } from "./facts.ts";

/** What one provider said of a person the last time it was asked. */
export type ProviderAnswer = {
  /** `doubted`: it spoke of somebody else, and was not believed. */
  kind: "found" | "not_found" | "doubted";
  /** When it said so, and until when it need not be asked again (ISO). */
  at: string;
  until: string;
  facts?: ProfileFacts;
  /** The photo that its answer led to. */
  photo?: string;
  /** Where its photo is, while nobody has fetched it. */
  photoUrl?: string;
};

/** By the provider's name. */
export type ProviderAnswers = Record<string, ProviderAnswer>;

/** An answer so much older than another's gives way to it, whatever the order of the two. */
const OUTDATED_MS = 90 * 86_400_000;

/**
 * Each fact as the first of the providers (in their order) told it, with who and when. What is known from a provider whose
 * answers are not at hand stays where nobody else tells the fact.
 */
export function mergeAnswers(answers: ProviderAnswers, order: readonly string[], known: SourcedFacts): SourcedFacts {
  const told = Object.entries(answers).filter(([, answer]) => answer.kind === "found");
  const newest = Math.max(...told.map(([, { at }]) => Date.parse(at)));
  const rank = ([name, { at }]: [string, ProviderAnswer]) => {
    const place = order.includes(name) ? order.indexOf(name) : order.length;
    return place + (newest - Date.parse(at) > OUTDATED_MS ? 1_000 : 0);
  };
  const merged: Record<string, unknown> = {};
  for (const [source, { at, facts }] of told.toSorted((a, b) => rank(a) - rank(b)))
    for (const [name, value] of Object.entries(facts ?? {}))
      if (value !== undefined && value !== "") merged[name] ??= { value, source, at };
  for (const [name, fact] of Object.entries(known)) if (!(fact.source in answers)) merged[name] ??= fact;
  return merged as SourcedFacts;
}
