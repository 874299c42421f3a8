import type { Metadata } from "next";
import { actOutcome } from "#lib/http";
import { Button, Card, Notice, PostForm, TextArea, TextField } from "#lib/ui";
import { firstOf, viewerOfPage } from "../viewer.ts";

export const metadata: Metadata = {
  title: "Remove my photo",
  description: "Ask that your photo and profile are not shown here.",
};
export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Where somebody who is shown says that they do not want to be. */
export default async function RemoveMyPhoto({ searchParams }: Props) {
  const { sent, confirmed, removed, error, profile, email, note } = await searchParams;
  const { services } = await viewerOfPage();
  const problem = actOutcome("", firstOf(error));
  // The words of the API name its parameter; here it is a field.
  const aboutProfile =
    PROFILE_PROBLEMS.has(firstOf(error)) && problem?.sentence.replace("linkedin_url", "This address");
  const mailed = services.config.mail !== undefined;
  const done = firstOf(removed) ? "removed" : firstOf(confirmed) ? "confirmed" : firstOf(sent) ? "sent" : null;
  return (
    <div className="mx-auto flex max-w-xl flex-col gap-6 pt-6 sm:pt-10">
      <header>
        <h1 className="font-semibold text-3xl tracking-tight">Remove my photo</h1>
        <p className="mt-3 text-pretty text-quiet leading-7">
          This server shows people’s LinkedIn photos in other programs. If you are one of them and do not want to be,
          say so here: you are then shown as initials everywhere, your photo and what is known of you are deleted, and
          nobody looks you up again.
        </p>
      </header>
      {problem && !aboutProfile && <Notice tone="danger">{problem.sentence}</Notice>}
      {done && <Done what={done} mailed={mailed} />}
      {services.privacy.linkedin && !done && (
        <Card
          title="At once, by LinkedIn"
          detail="LinkedIn tells this server which profile is yours, and nothing else."
        >
          <PostForm action="/remove-my-photo/linkedin">
            <Button>Sign in with LinkedIn and remove me</Button>
          </PostForm>
        </Card>
      )}
      {!done && (
        <Card
          title={services.privacy.linkedin ? "Or ask for it" : "Ask for it"}
          detail="Whoever runs this server reads it and decides. An address alone does not show that a profile is yours, so say what does."
        >
          <PostForm action="/remove-my-photo/ask" className="flex flex-col gap-4">
            <TextField
              label="Your LinkedIn profile"
              name="profile"
              required
              maxLength={2_048}
              placeholder="linkedin.com/in/your-name"
              defaultValue={firstOf(profile)}
              error={aboutProfile || undefined}
            />
            <TextField
              label="Your e-mail address"
              name="email"
              type="email"
              required
              maxLength={254}
              autoComplete="email"
              placeholder="you@example.com"
              defaultValue={firstOf(email)}
              hint={
                mailed
                  ? "A link is sent there; what is decided, too. The address is forgotten 30 days after."
                  : "What is decided is told there. The address is forgotten 30 days after."
              }
            />
            <TextArea
              label="Anything that helps to decide"
              name="note"
              rows={3}
              defaultValue={firstOf(note)}
              hint="Such as where your profile or your employer’s site names this address. It may stay empty."
            />
            <div>
              <Button>{mailed ? "Send me a link" : "Ask for it"}</Button>
            </div>
          </PostForm>
        </Card>
      )}
      <p className="text-pretty text-quiet text-sm leading-6">
        What is kept of people here, from where and for how long:{" "}
        <a className="underline hover:text-ink" href="/docs/privacy">
          Privacy
        </a>
        . This form does not say whether somebody is stored here, to you or to anybody else.
      </p>
    </div>
  );
}

const PROFILE_PROBLEMS: ReadonlySet<string> = new Set([
  "invalid_url",
  "unsupported_host",
  "unsupported_path",
  "private_profile_url",
  "invalid_username",
]);

const DONE = {
  removed: ["It is done.", "You are shown as initials from now on, and what was stored of you is deleted."],
  confirmed: ["It is asked for.", "Whoever runs this server decides now, and you are mailed what they decided."],
  sent: [
    "Look into your mail.",
    "A link is on its way. Open it within a day and press the button there; then it is decided.",
  ],
  asked: ["It is asked for.", "Whoever runs this server reads it and decides. This server sends no mails by itself."],
} as const;

function Done({ what, mailed }: { what: "removed" | "confirmed" | "sent"; mailed: boolean }) {
  const [title, words] = DONE[what === "sent" && !mailed ? "asked" : what];
  return (
    <Notice tone="good">
      <p className="font-medium">{title}</p>
      <p className="mt-1 text-quiet">{words}</p>
    </Notice>
  );
}
