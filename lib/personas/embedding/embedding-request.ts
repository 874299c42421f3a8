/** One call for some vectors, one for each text; it may be turned away, or come too late. */
export type Send = (texts: readonly string[], signal: AbortSignal) => Promise<number[][]>;

export type Patience = {
  /** How often it is tried again. */
  retries: number;
  /** How long one call may take. */
  callMs: number;
  /** The first pause; each further one is twice as long. */
  pauseMs: number;
  /** A server that asks for a longer pause is not waited for. */
  mostPauseMs: number;
};

/** Texts that are refused are cut to no less. */
const LEAST_CHARACTERS = 500;

/**
 * Has some texts embedded, in order, and checks what comes: vectors of one length that point somewhere. Waits as the server
 * asks (Retry-After) or ever longer, divides what is too much at once, and cuts a text that is too long by itself.
 * Rejects with what the server said last.
 */
export async function requestVectors(
  send: Send,
  texts: readonly string[],
  dimensions: number | undefined,
  patience: Patience,
): Promise<Float32Array[]> {
  try {
    const vectors = await insist(send, texts, patience);
    return checked(vectors, dimensions);
  } catch (error) {
    if (!isTooMuch(error)) throw error;
    const [only] = texts;
    if (texts.length > 1) {
      const half = Math.ceil(texts.length / 2);
      const first = await requestVectors(send, texts.slice(0, half), dimensions, patience);
      const rest = await requestVectors(send, texts.slice(half), dimensions ?? first[0]?.length, patience);
      return [...first, ...rest];
    }
    if (only === undefined || only.length < 2 * LEAST_CHARACTERS) throw error;
    return requestVectors(send, [only.slice(0, only.length / 2)], dimensions, patience);
  }
}

async function insist(send: Send, texts: readonly string[], patience: Patience): Promise<number[][]> {
  for (let tries = 0; ; tries++) {
    const signal = AbortSignal.timeout(patience.callMs);
    try {
      return await send(texts, signal);
    } catch (error) {
      const pause = pauseAfter(error, tries, patience);
      if (tries >= patience.retries || pause === null || !(signal.aborted || isPassing(error)))
        throw signal.aborted ? new Error(`no answer within ${patience.callMs / 1_000} s`, { cause: error }) : error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

function checked(vectors: readonly number[][], wanted: number | undefined): Float32Array[] {
  const dimensions = wanted ?? vectors[0]?.length ?? 0;
  return vectors.map((vector) => {
    if (vector.length !== dimensions || dimensions === 0)
      throw new Error(`it gave a vector of ${vector.length} dimensions in place of ${wanted ?? dimensions}`);
    const unit = unitOf(vector);
    if (!unit) throw new Error("it gave a vector that has no direction");
    return unit;
  });
}

function unitOf(vector: readonly number[]): Float32Array | null {
  const length = Math.hypot(...vector);
  return Number.isFinite(length) && length > 0 ? Float32Array.from(vector, (value) => value / length) : null;
}

/** The AI SDK's APICallError, whatever copy of its class it is of. */
type CallError = { statusCode?: number; isRetryable?: boolean; responseHeaders?: Record<string, string> };

function isPassing(error: unknown): boolean {
  return (error as CallError).isRetryable === true;
}

/** 413, or a 400 that speaks of length: Ollama's and OpenAI's way to say that a text, or all together, is too long. */
function isTooMuch(error: unknown): boolean {
  const { statusCode } = error as CallError;
  const message = error instanceof Error ? error.message : "";
  return (
    statusCode === 413 || (statusCode === 400 && /context|too (?:long|large|many)|maximum|length|tokens/i.test(message))
  );
}

/** Milliseconds; null when the server wants to be left alone for longer than anybody waits. */
function pauseAfter(error: unknown, tries: number, { pauseMs, mostPauseMs }: Patience): number | null {
  const headers = (error as CallError).responseHeaders ?? {};
  const asked = headers["retry-after-ms"]
    ? Number(headers["retry-after-ms"])
    : secondsOf(headers["retry-after"]) * 1_000;
  if (Number.isFinite(asked) && asked >= 0) return asked <= mostPauseMs ? asked : null;
  return Math.min(mostPauseMs, pauseMs * 2 ** tries) * (0.75 + Math.random() / 2);
}

/** RFC 9110: seconds, or a date. */
function secondsOf(text: string | undefined): number {
  if (text === undefined) return Number.NaN;
  const seconds = Number(text);
  return Number.isNaN(seconds) ? Math.max(0, (Date.parse(text) - Date.now()) / 1_000) : seconds;
}
