import { readConfig } from "#lib/platform/config";
import { LiveBox } from "./live-box.tsx";

export const dynamic = "force-dynamic";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const POINTS = [
  [
    "Your people first",
    "Import a LinkedIn Connections.csv, vCards, or a folder of photos. What a workspace imports only that workspace sees.",
  ],
  [
    "Then the providers you choose",
    "Unknown people are looked up once, in the background, cropped around the face and kept. The page never waits.",
  ],
  [
    "Initials until then",
    "Every answer is a picture: the same person always gets the same colour, in any script, at any size.",
  ],
] as const;

export default async function Home({ searchParams }: Props) {
  const { person, key } = await searchParams;
  return (
    <>
      <section className="pt-8 pb-10 sm:pt-14">
        <h1 className="max-w-2xl text-balance font-semibold text-4xl tracking-tight sm:text-5xl">
          A LinkedIn profile in, <span className="sm:block">a real face out.</span>
        </h1>
        <p className="mt-4 max-w-xl text-pretty text-lg text-quiet">
          One address for an <code className="font-mono text-base">&lt;img&gt;</code>. Give it a profile, get a
          well-cropped photo, or initials art until there is one.
        </p>
      </section>
      <LiveBox publicUrl={readConfig().publicUrl} person={first(person)} apiKey={first(key)} />
      <section className="grid gap-8 pt-14 sm:grid-cols-3">
        {POINTS.map(([title, text]) => (
          <div key={title}>
            <h2 className="font-medium">{title}</h2>
            <p className="mt-2 text-pretty text-quiet text-sm leading-6">{text}</p>
          </div>
        ))}
      </section>
    </>
  );
}

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? "";
}
