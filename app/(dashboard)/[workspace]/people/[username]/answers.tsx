import type { PersonDetails } from "#lib/profiles";
import { Badge, Card, Moment, Table, type Tone } from "#lib/ui";
import { sourceWords } from "../person-words.ts";

const OUTCOMES: Readonly<Record<string, { words: string; tone: Tone }>> = {
  found: { words: "Found", tone: "good" },
  not_found: { words: "Not known there", tone: "plain" },
  doubted: { words: "Spoke of somebody else", tone: "warn" },
};

/** What each provider answered when it was asked last, and when; nothing when none was. */
export function Answers({ person, now }: { person: PersonDetails; now: number }) {
  const answers = person.suppressed ? [] : (person.lookup?.answers ?? []);
  if (answers.length === 0) return null;
  const { photo } = person;
  return (
    <Card
      title="Who was asked"
      detail="Each provider is asked only for what those before it did not tell, and not again while its answer is fresh."
      flush
    >
      <Table label="Providers that were asked" heads={["Provider", "Answer", "Told", "When"]}>
        {answers.map(({ provider, outcome, at, facts, photo: hasPhoto }) => (
          <tr key={provider}>
            <td className="whitespace-nowrap">{sourceWords(provider)}</td>
            <td className="whitespace-nowrap">
              <Badge tone={OUTCOMES[outcome]?.tone ?? "plain"}>{OUTCOMES[outcome]?.words ?? outcome}</Badge>
            </td>
            <td className="text-quiet">
              {outcome === "found" &&
                `${facts === 1 ? "1 fact" : `${facts} facts`}, ${hasPhoto ? "a photo" : "no photo"}`}
              {hasPhoto && photo?.source === provider && ", which is shown"}
            </td>
            <td className="text-quiet">
              <Moment iso={at} now={now} />
            </td>
          </tr>
        ))}
      </Table>
    </Card>
  );
}
