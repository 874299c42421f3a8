import { type Command, InvalidArgumentError } from "commander";
import { AppError } from "../../lib/platform/errors.ts";
import { examine } from "../doctor/examine.ts";
import type { Verdict } from "../doctor/step.ts";
import { print } from "../output.ts";

type Options = { json?: boolean; discoveryOnly?: boolean; timeout: number; profile?: string };

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .argument("<mcp-url>", "the address that people paste into their AI client, letter by letter")
    .option("--discovery-only", "end before anybody has to press Allow in a browser")
    .option("--timeout <seconds>", "how long to wait for the browser", seconds, 300)
    .option("--profile <linkedin-url>", "ask for this person's photo, which costs one unit, instead of for the key")
    .description("connect as an AI client would, and say where it fails, why, and what to do")
    .action(async (url: string, options: Options) => {
      if (!/^https?:\/\//.test(url) || !URL.canParse(url))
        throw new AppError("usage", {
          fields: { problem: "The address must be a whole one, such as https://avtrz.example/mcp." },
        });
      // With --json stdout is one document; the person at the browser is told beside it.
      const tell = options.json ? console.error : console.log;
      const verdicts = await examine(url, {
        discoveryOnly: options.discoveryOnly ?? false,
        waitSeconds: options.timeout,
        profile: options.profile,
        onVerdict: (verdict) => options.json || console.log(linesOf(verdict)),
        tell,
      });
      const healthy = verdicts.every(({ verdict }) => verdict === "passed");
      print(options, { url, healthy, steps: verdicts }, () => conclusion(healthy, options.discoveryOnly ?? false));
      if (!healthy) process.exitCode = 1;
    });
}

const MARKS = { passed: "✓", failed: "✗", skipped: "-" } as const;

function linesOf({ step, verdict, seen, notes, likelyCause, cure }: Verdict): string {
  return [
    `${MARKS[verdict]} ${step.padEnd(22)}${seen}`,
    ...notes.map((note) => `  note: ${note}`),
    ...(likelyCause ? [`  likely cause: ${likelyCause}`] : []),
    ...(cure ? [`  what to do: ${cure}`] : []),
  ].join("\n");
}

function conclusion(healthy: boolean, discoveryOnly: boolean): string {
  if (!healthy) return "\nClients cannot connect yet.";
  return discoveryOnly ? "\nClients find everything they need; nobody has signed in." : "\nClients can connect.";
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 3_600)
    throw new InvalidArgumentError("It is a whole number of seconds, up to 3600.");
  return value;
}
