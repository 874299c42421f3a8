import type { PersonaSummary } from "#lib/corpora";
import { Badge, type Tone } from "#lib/ui";

const STATUS: Readonly<Record<PersonaSummary["status"], readonly [words: string, tone: Tone]>> = {
  ready: ["Ready", "good"],
  reading: ["Reading", "accent"],
  empty: ["No text yet", "plain"],
};

export function PersonaStatus({ status }: Pick<PersonaSummary, "status">) {
  const [words, tone] = STATUS[status];
  return <Badge tone={tone}>{words}</Badge>;
}
