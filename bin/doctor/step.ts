import type { AuthorizationServerMetadata, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { CallbackListener } from "./callback.ts";

/** What keeps a client from connecting: what was seen, what likely causes it, and what to do. */
export class Trouble extends Error {
  readonly likelyCause: string;
  readonly cure: string;
  constructor(seen: string, likelyCause: string, cure: string) {
    super(seen);
    this.likelyCause = likelyCause;
    this.cure = cure;
  }
}

/** One thing a client does on its way in. `run` returns what it saw, in a sentence, or throws a `Trouble`. */
export type Step = {
  name: string;
  /** Steps whose findings it builds on: without them it is skipped. */
  needs: readonly string[];
  run(visit: Visit): Promise<string>;
};

export type Verdict = {
  step: string;
  verdict: "passed" | "failed" | "skipped";
  /** What was seen, or why it was skipped. */
  seen: string;
  /** What works today and would be better otherwise. */
  notes: string[];
  likelyCause?: string;
  cure?: string;
};

/** One visit of a server: what was asked for, and what the steps found so far. */
export type Visit = {
  /** The MCP address exactly as typed: clients compare it as text. */
  readonly url: string;
  readonly profile: string | undefined;
  readonly waitSeconds: number;
  readonly callback: CallbackListener;
  note(sentence: string): void;
  /** Tells the person at the terminal something they need now. */
  tell(line: string): void;
  found: Partial<Findings>;
};

export type Findings = {
  resourceMetadataUrl: string;
  scope: string;
  issuer: string;
  server: AuthorizationServerMetadata;
  revocationEndpoint: string;
  clientId: string;
  code: { code: string; verifier: string };
  tokens: OAuthTokens;
};

/** What an earlier step found. The runner skips steps whose needs are not met, so that it is there. */
export function found<Name extends keyof Findings>(visit: Visit, name: Name): Findings[Name] {
  const finding = visit.found[name];
  if (finding === undefined) throw new Error(`${name} was not found by an earlier step`);
  return finding;
}
