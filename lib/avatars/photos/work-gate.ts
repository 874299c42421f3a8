import { availableParallelism } from "node:os";

/** Lets at most `limit` pieces of work run at once; the others wait in order of arrival. */
export class WorkGate {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many run and how many wait: 0 and 0 when all is done, however it ended. */
  get load(): { running: number; waiting: number } {
    return { running: this.#running, waiting: this.#waiting.length };
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running++;
    // Whoever ends hands its place on, so the count stays as it is.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

/** Everything that decodes or encodes photos in this process passes here. */
export const photoWork = new WorkGate(2 * availableParallelism());
