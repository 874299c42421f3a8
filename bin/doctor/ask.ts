import { networkTrouble } from "./network-trouble.ts";
import { Trouble } from "./step.ts";

const PATIENCE_MS = 10_000;
const MAX_BYTES = 1024 * 1024;

/** An answer as it came: redirects are not followed, `json` is undefined when the body is none. */
export type Reply = { status: number; headers: Headers; text: string; json: unknown };

/** Asks once, with a deadline. Throws a `Trouble` when no answer comes. */
export async function ask(url: string, init: RequestInit = {}): Promise<Reply> {
  try {
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS), ...init });
    const text = await readText(answer);
    return { status: answer.status, headers: answer.headers, text, json: parse(text) };
  } catch (error) {
    throw error instanceof Trouble ? error : networkTrouble(url, error);
  }
}

/** The same for the client library, which brings its own reading of answers. */
export async function fetchInTime(url: string | URL, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    throw networkTrouble(String(url), error);
  }
}

/** Asks for a JSON document. Throws a `Trouble` when it is anything else. */
export async function askJson(url: string, init: RequestInit = {}): Promise<Reply & { json: Record<string, unknown> }> {
  const reply = await ask(url, init);
  const { json } = reply;
  if (reply.status >= 300 && reply.status < 400) {
    throw new Trouble(
      `${url} redirects to ${printable(reply.headers.get("location") ?? "nowhere")}.`,
      "The proxy forces another address (https, a host name, a slash at the end), and clients do not follow from there.",
      "Set PUBLIC_URL to the address that does not redirect, and paste PUBLIC_URL/mcp into clients.",
    );
  }
  if (json === null || typeof json !== "object" || Array.isArray(json)) throw notJson(url, reply);
  return { ...reply, json: json as Record<string, unknown> };
}

/** Why a body is not the JSON that was expected. */
export function notJson(url: string, { status, text }: Reply): Trouble {
  const html = /^\s*</.test(text);
  return new Trouble(
    `${url} answered ${status} with ${html ? "an HTML page" : text ? "something that is not JSON" : "nothing"} instead of JSON.`,
    html
      ? "Another server answers for this path: a proxy's error or login page, or an application at the same host name."
      : "Something between here and Avtrz rewrites the answer, or another server is at this address.",
    "Let the proxy pass /mcp, /oauth/ and /.well-known/ to Avtrz unchanged, without a login of its own.",
  );
}

/** Text of a server's for a terminal: one line, nothing that moves the cursor. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, " ").slice(0, 300);
}

async function readText(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  // A stream of events has no end to wait for; what matters has come first.
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_BYTES || answer.headers.get("content-type")?.startsWith("text/event-stream")) break;
  }
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
