/** A list of numbers that grows without an object for each. */
export class GrowingArray {
  length = 0;
  #values = new Uint32Array(1_024);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  /** What was pushed so far, not copied. */
  view(): Uint32Array {
    return this.#values.subarray(0, this.length);
  }
}
