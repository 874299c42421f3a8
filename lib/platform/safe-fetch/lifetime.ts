/** Whatever the caller's signal says, no request lasts longer than this. */
const MAX_LIFETIME_MS = 60_000;

/** The one deadline of a request, from its first DNS question to its last byte. */
export type Lifetime = {
  /** Aborts when the time is up or nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Why the signal aborted; undefined while it has not. */
  ended(): "timeout" | "aborted" | undefined;
  /** Lets go of timer and listeners. */
  release(): void;
};

/**
 * Starts a request's time.
 * @param deadline milliseconds from now, or a signal (one of AbortSignal.timeout counts as `timeout`)
 * @param closing aborts when the service stops
 */
export function startLifetime(deadline: AbortSignal | number, closing: AbortSignal): Lifetime {
  const controller = new AbortController();
  let why: "timeout" | "aborted" | undefined;
  const end = (reason: "timeout" | "aborted") => {
    why ??= reason;
    controller.abort();
  };

  const onClosing = () => end("aborted");
  const onSignal = () => end(isTimeout(caller?.reason) ? "timeout" : "aborted");
  const caller = typeof deadline === "number" ? undefined : deadline;
  const budget = typeof deadline === "number" ? Math.min(deadline, MAX_LIFETIME_MS) : MAX_LIFETIME_MS;
  const timer = setTimeout(end, budget, "timeout");
  closing.addEventListener("abort", onClosing);
  caller?.addEventListener("abort", onSignal);
  if (closing.aborted) onClosing();
  else if (caller?.aborted) onSignal();

  return {
    signal: controller.signal,
    ended: () => why,
    release() {
      clearTimeout(timer);
      closing.removeEventListener("abort", onClosing);
      caller?.removeEventListener("abort", onSignal);
    },
  };
}

/** Waits for what cannot be cancelled itself, such as a DNS question, until the signal aborts. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "TimeoutError";
}
