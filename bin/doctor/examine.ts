import { printable } from "./ask.ts";
import { authorization } from "./authorization.ts";
import { authorizationServer } from "./authorization-server.ts";
import { listenForCallback } from "./callback.ts";
import { challenge } from "./challenge.ts";
import { proofKey } from "./proof-key.ts";
import { protectedResource } from "./protected-resource.ts";
import { reachable } from "./reachable.ts";
import { registration } from "./registration.ts";
import { revocation } from "./revocation.ts";
import { type Step, Trouble, type Verdict, type Visit } from "./step.ts";
import { refresh, tokenExchange } from "./tokens.ts";
import { toolCall, toolsList } from "./tools.ts";

const DISCOVERY = [reachable, challenge, protectedResource, authorizationServer, registration, proofKey];
const CONNECTION = [authorization, tokenExchange, refresh, toolsList, toolCall, revocation];

export type ExamineOptions = {
  discoveryOnly: boolean;
  waitSeconds: number;
  profile: string | undefined;
  /** Called with each verdict as it is reached. */
  onVerdict(verdict: Verdict): void;
  tell(line: string): void;
};

/** Goes a client's way to the MCP server at `url`, step by step. */
export async function examine(url: string, options: ExamineOptions): Promise<Verdict[]> {
  const callback = await listenForCallback();
  const { waitSeconds, profile, tell } = options;
  const notes: string[] = [];
  const visit: Visit = {
    url,
    profile,
    waitSeconds,
    callback,
    tell,
    note: (sentence) => notes.push(sentence),
    found: {},
  };
  const verdicts: Verdict[] = [];
  try {
    for (const step of options.discoveryOnly ? DISCOVERY : [...DISCOVERY, ...CONNECTION]) {
      const verdict = await judge(step, visit, verdicts);
      verdicts.push({ ...verdict, notes: notes.splice(0) });
      options.onVerdict(verdicts.at(-1) as Verdict);
    }
  } finally {
    callback.close();
  }
  return verdicts;
}

async function judge(step: Step, visit: Visit, earlier: readonly Verdict[]): Promise<Omit<Verdict, "notes">> {
  const missing = step.needs.find((need) => earlier.find((one) => one.step === need)?.verdict !== "passed");
  if (missing) return { step: step.name, verdict: "skipped", seen: `It needs what “${missing}” did not find.` };
  try {
    return { step: step.name, verdict: "passed", seen: await step.run(visit) };
  } catch (error) {
    const { message: seen, likelyCause, cure } = error instanceof Trouble ? error : unforeseen(error);
    return { step: step.name, verdict: "failed", seen, likelyCause, cure };
  }
}

/** What the client library would not read. The visit goes on, so that its tokens are revoked at the end. */
function unforeseen(error: unknown): Trouble {
  return new Trouble(
    `The client library gives up: ${printable(error instanceof Error ? error.message : String(error))}`,
    "The answer is not what the protocol says: something rewrites it, or it is another server.",
    "Let the proxy pass /mcp, /oauth/ and /.well-known/ to Avtrz unchanged.",
  );
}
