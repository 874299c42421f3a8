/**
 * Many rows of bytes and their scalar products with one row: what comparing vectors comes to. Sixteen products at a time
 * by WebAssembly, about twenty times what plain JavaScript does.
 */

// dot-rows.wat beside this file, assembled (`wat2wasm`).
const KERNEL =
  "AGFzbQEAAAABCQFgBX9/f39/AAIPAQNlbnYGbWVtb3J5AgABAwIBAAcLAQdkb3RSb3dzAAAKsAEBrQEDAX8CewF/AkAgAUUNAANA/QwAAAAAAAAAAAAAAAAAAAAAIQZBACEFIAMhCANAIAAgBWr9AAQAIQcgBiAH/YcBIAj9AAQA/boBIAf9iAEgCP0ABBD9ugH9rgH9rgEhBiAIQSBqIQggBUEQaiEFIAUgAkkNAAsgBCAG/RsAIAb9GwFqIAb9GwIgBv0bA2pqNgIAIARBBGohBCAAIAJqIQAgAUEBayEBIAENAAsLCw==";
const PAGE = 65_536;
const LANES = 16;
/** No sum of products of this and a byte leaves 32 bits, up to 4,096 dimensions. */
const LARGEST = 4_095;

type DotRows = (rows: number, count: number, dimensions: number, question: number, out: number) => void;

let compiled: WebAssembly.Module | null = null;

export type RowTable = {
  readonly count: number;
  /** Where a row is kept, to be written: as long as `dimensions`. */
  row: (number: number) => Int8Array;
  /** Rows that follow each other, from `first` on. */
  write: (first: number, bytes: Int8Array) => void;
  /** The scalar product of each row of `[from, to)` with `question`, in units of a byte. Holds until the next call. */
  products: (question: Float32Array, from?: number, to?: number) => Float32Array;
};

/** All rows are zero at first. */
export function createRowTable(count: number, dimensions: number): RowTable {
  const width = Math.max(LANES, Math.ceil(dimensions / LANES) * LANES);
  const outAt = width * 2;
  const rowsAt = outAt + Math.ceil((count * 4) / LANES) * LANES;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rowsAt + count * width + LANES) / PAGE) });
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL, "base64"));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const dotRows = exports["dotRows"] as DotRows;
  const asked = new Int16Array(memory.buffer, 0, width);
  const sums = new Int32Array(memory.buffer, outAt, count);
  const rows = new Int8Array(memory.buffer, rowsAt, count * width);
  const products = new Float32Array(count);
  return {
    count,
    row: (number) => rows.subarray(number * width, number * width + dimensions),
    write(first, bytes) {
      if (width === dimensions) rows.set(bytes, first * width);
      else
        for (let at = 0; at * dimensions < bytes.length; at++)
          rows.set(bytes.subarray(at * dimensions, (at + 1) * dimensions), (first + at) * width);
    },
    products(question, from = 0, to = count) {
      let largest = 0;
      for (let at = 0; at < dimensions; at++) largest = Math.max(largest, Math.abs(question[at] as number));
      const unit = largest / LARGEST || 1;
      for (let at = 0; at < dimensions; at++) asked[at] = Math.round((question[at] as number) / unit);
      dotRows(rowsAt + from * width, to - from, width, 0, outAt + from * 4);
      for (let at = from; at < to; at++) products[at] = (sums[at] as number) * unit;
      return products.subarray(from, to);
    },
  };
}
