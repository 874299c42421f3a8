import { isAppError } from "./errors.ts";

/**
 * Group commit. Items that arrive while a run is under way wait and go together in the next one, so one
 * statement serves many requests and each still waits for its own commit: nothing is buffered past the answer.
 *
 * `run` gets 1 to `maxItems` items and returns as many results, in the same order; if it throws, every item of
 * that run fails with the same error, and when it was `database_unavailable` those that wait do too. At most `maxInFlight` runs are under way at once.
 */
export function createBatcher<Item, Result>(options: {
  maxItems: number;
  maxInFlight: number;
  run: (items: Item[]) => Promise<Result[]>;
}): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (reason: unknown) => void };
  let queue: Waiting[] = [];
  let inFlight = 0;
  let scheduled = false;

  const schedule = () => {
    if (scheduled || inFlight >= options.maxInFlight || queue.length === 0) return;
    scheduled = true;
    // One turn of the event loop lets requests that were read together go together.
    setImmediate(() => {
      scheduled = false;
      void flush();
    });
  };

  const flush = async () => {
    const batch = queue.slice(0, options.maxItems);
    queue = queue.slice(options.maxItems);
    if (batch.length === 0) return;
    inFlight++;
    schedule();
    try {
      const results = await options.run(batch.map((waiting) => waiting.item));
      if (results.length !== batch.length) throw new Error(`a batch of ${batch.length} got ${results.length} results`);
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result);
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
      // Nobody answered: whoever came meanwhile would wait as long again to hear the same.
      if (isAppError(error) && error.code === "database_unavailable")
        for (const waiting of queue.splice(0)) waiting.reject(error);
    } finally {
      inFlight--;
      schedule();
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      schedule();
    });
}
