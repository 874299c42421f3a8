import type { PersonDetails } from "#lib/profiles";
import { Card, Moment, Table } from "#lib/ui";
import { sourceWords } from "../person-words.ts";
import { FACT_WORDS } from "./fact-words.ts";

type Fact = PersonDetails["facts"][number];

const ORDER = Object.keys(FACT_WORDS);

/** What is known of a person, who said it, and when. */
export function Facts({ person, now }: { person: PersonDetails; now: number }) {
  const facts = person.facts.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  return (
    <Card
      title="Facts"
      detail="Where two sources say different things, the one that is shown comes first. What nobody told is left out."
      flush
    >
      {facts.length === 0 ? (
        <p className="border-line border-t px-4 py-6 text-quiet text-sm sm:px-5">
          {person.suppressed ? "Nothing is told of somebody who is suppressed." : "Nobody told anything of them yet."}
        </p>
      ) : (
        <Table label="Facts and who told them" heads={["Fact", "Value", "From", "When"]}>
          {facts.map((fact) => (
            <tr key={`${fact.name} ${fact.source}`} className={fact.used ? undefined : "text-quiet"}>
              <td className="whitespace-nowrap text-quiet">{FACT_WORDS[fact.name]}</td>
              <td className="min-w-48 max-w-xl whitespace-pre-line break-words">
                {fact.used ? words(fact) : <s>{words(fact)}</s>}
                {!fact.used && <span className="text-xs"> · not shown</span>}
              </td>
              <td className="whitespace-nowrap text-quiet">{sourceWords(fact.source)}</td>
              <td className="text-quiet">
                <Moment iso={fact.at} now={now} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  );
}

function words({ value }: Fact): string {
  return typeof value === "string" ? value : value ? "Yes" : "No";
}
