import { CORRECTABLE_FACTS, type CorrectableFact, type PersonDetails } from "#lib/profiles";
import { Button, Card, PostForm, TextArea, TextField } from "#lib/ui";
import type { Dashboard } from "../../../dashboard.ts";
import { sourceWords } from "../person-words.ts";
import { FACT_WORDS } from "./fact-words.ts";

type Props = { dashboard: Dashboard; person: PersonDetails; name: string };

const MAX_LENGTH = 300;

/** What this workspace says of a person where others are wrong, for itself alone. */
export function Corrections({ dashboard, person, name }: Props) {
  const { act, token, personPage, workspace } = dashboard;
  const hidden = { username: person.username, back: personPage(person.username) };
  const corrected = person.facts.some(({ source }) => source === "own");
  return (
    <Card
      title="Correct what is told"
      detail={`What you write is told in ${workspace.name} alone, before what anybody else said: on pages, over the API, and to AI clients. An empty field leaves it to the others.`}
    >
      <details open={corrected}>
        <summary className="w-fit cursor-pointer font-medium text-accent text-sm">
          {corrected ? "What this workspace says" : `Correct a fact about ${name}`}
        </summary>
        <PostForm
          action={act("correct-person")}
          token={token}
          hidden={hidden}
          className="mt-4 grid items-start gap-4 sm:grid-cols-2"
        >
          {CORRECTABLE_FACTS.map((fact) => (
            <CorrectedField key={fact} fact={fact} person={person} />
          ))}
          <div className="sm:col-span-2">
            <Button look="plain">Save what this workspace says</Button>
          </div>
        </PostForm>
        {corrected && (
          <PostForm action={act("uncorrect-person")} token={token} hidden={hidden} className="mt-3">
            <Button look="danger">Take back every correction</Button>
          </PostForm>
        )}
      </details>
    </Card>
  );
}

function CorrectedField({ fact, person }: { fact: CorrectableFact; person: PersonDetails }) {
  const all = person.facts.filter(({ name }) => name === fact);
  const own = all.find(({ source }) => source === "own")?.value;
  const other = all.find(({ source }) => source !== "own");
  const hint = other && typeof other.value === "string" ? `${sourceWords(other.source)}: ${shorten(other.value)}` : "";
  const props = {
    label: FACT_WORDS[fact],
    name: fact,
    defaultValue: typeof own === "string" ? own : "",
    hint: hint || "Nobody else told",
  };
  return fact === "summary" ? (
    <TextArea {...props} className="sm:col-span-2" />
  ) : (
    <TextField {...props} maxLength={MAX_LENGTH} />
  );
}

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
