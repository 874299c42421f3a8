const ALIGNMENT_BYTES = 16;

/** First-fit places in a range of memory that grows as needed; positions and sizes are multiples of 16 bytes. */
export class Space {
  readonly #taken = new Map<number, number>();
  readonly #start: number;
  #end: number;

  constructor(start: number) {
    this.#start = aligned(start);
    this.#end = this.#start;
  }

  /** First byte after everything that was ever taken. */
  get end(): number {
    return this.#end;
  }

  take(bytes: number): number {
    const size = aligned(bytes);
    let at = this.#start;
    for (const [from, length] of [...this.#taken].sort((a, b) => a[0] - b[0])) {
      if (from - at >= size) break;
      at = from + length;
    }
    this.#taken.set(at, size);
    this.#end = Math.max(this.#end, at + size);
    return at;
  }

  free(at: number): void {
    this.#taken.delete(at);
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}
