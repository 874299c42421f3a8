import type { Metric } from "#lib/quotas";

/** What is counted, in the words every page uses, and what happens when a month's limit is reached. */
export const METRIC_WORDS: Readonly<Record<Metric, { name: string; unit: string; counts: string; atLimit: string }>> = {
  avatar_requests: {
    name: "Requests",
    unit: "requests",
    counts: "Each request for a picture or a profile, whether there is a photo or not.",
    atLimit:
      "further requests are refused with status 402, <img> tags show a quiet tile, and AI clients are told that the quota is used up",
  },
  avatar_new_profiles: {
    name: "New profiles",
    unit: "new profiles",
    counts: "People this workspace asks for the first time.",
    atLimit: "people it never asked for are refused with status 402; everybody else is still shown",
  },
  persona_requests: {
    name: "Questions to personas",
    unit: "questions",
    counts: "Each question to a conversational avatar.",
    atLimit: "further questions are refused",
  },
};
