import { Button, Card, PostForm, TextField } from "#lib/ui";
import type { OpenPersona } from "./open-persona.ts";

/** One question to a persona; its answer is a page of its own. */
export function AskForm({ opened, question }: { opened: OpenPersona; question?: string | undefined }) {
  const { dashboard, persona, own } = opened;
  return (
    <Card
      title={question === undefined ? "Ask" : "Ask again"}
      detail="Answers are quotes from its sources, each with its place. A question costs one unit; looking at its answer again costs nothing."
    >
      <PostForm
        action={dashboard.act("ask-persona")}
        token={dashboard.token}
        hidden={{ persona: persona.id, back: own }}
        className="flex flex-col gap-3 sm:flex-row sm:items-end"
      >
        <TextField
          label="Question"
          name="question"
          defaultValue={question ?? ""}
          required
          maxLength={2000}
          className="flex-1"
        />
        <Button>Ask</Button>
      </PostForm>
    </Card>
  );
}
