import type { Tone } from "#lib/ui";

/** What became of a request, in the words and colours every page uses. */
export const OUTCOME_WORDS = {
  resolved: "Photo",
  enriching: "Looking up",
  not_found: "Initials",
  blocked: "Refused",
  failed: "Failed",
  pending: "Under way",
} as const;

export const OUTCOME_TONES: Readonly<Record<keyof typeof OUTCOME_WORDS, Tone>> = {
  resolved: "good",
  enriching: "accent",
  not_found: "plain",
  blocked: "warn",
  failed: "danger",
  pending: "plain",
};

export const CHANNEL_WORDS = { api: "API", mcp: "AI clients" } as const;

/** A tool's name as people say it. */
export function toolWords(tool: string): string {
  return tool.replace(/^get_/, "").replaceAll("_", " ");
}
