import type { AvatarConfig, Voice } from "../avatar/config.ts";
import { type Citation, shortReference } from "../grounding/cite.ts";

export const DEFAULT_VOICE: Voice = "student";

/** The quotes as a text: each in its own words, with its place behind it. */
export function phraseQuotes(config: AvatarConfig, citations: readonly Citation[]): string {
  const said = citations.map((citation) => `“${citation.quote}” (${shortReference(citation)})`).join("\n\n");
  return (config.voice ?? DEFAULT_VOICE) === "student" ? `${config.name} writes:\n\n${said}` : said;
}

export type RefusalReason = "not_covered" | "out_of_time" | "no_question";

/** Why there is no answer, and nothing beyond that: a guess would pass for the person's word. */
export function phraseRefusal(config: AvatarConfig, reason: RefusalReason, last: number | null): string {
  const { name } = config;
  const first = (config.voice ?? DEFAULT_VOICE) === "first-person";
  switch (reason) {
    case "not_covered":
      return first
        ? "My writings in this corpus do not cover that, so I cannot answer it."
        : `The writings of ${name} in this corpus do not cover that, so there is no answer from them.`;
    case "out_of_time":
      return first
        ? `My writings in this corpus end in ${last}, and that lies after them. I cannot speak of it.`
        : `The writings of ${name} in this corpus end in ${last}, and that lies after them. There is no answer from them.`;
    case "no_question":
      return first
        ? "Ask me a question about what my writings in this corpus say."
        : `Ask a question about what the writings of ${name} in this corpus say.`;
  }
}
