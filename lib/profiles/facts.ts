/** What a provider said about a person. A fact that nobody told is absent, never guessed. */
export type ProfileFacts = {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly headline?: string;
  readonly summary?: string;
  readonly industry?: string;
  readonly location?: string;
  readonly openToWork?: boolean;
  readonly premium?: boolean;
  readonly verified?: boolean;
};

/** Each fact with who said it and when (ISO time), as the `profile` table keeps it. */
export type SourcedFacts = {
  [Name in keyof ProfileFacts]?: { value: NonNullable<ProfileFacts[Name]>; source: string; at: string };
};

export function withoutSource(facts: SourcedFacts): ProfileFacts {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, fact.value]));
}
