/**
 * Reads a TensorFlow Lite model: a FlatBuffer of the schema in tensorflow/lite/schema/schema.fbs. Only what the face
 * network uses is understood; anything else throws, so that another model is never run half-understood.
 */

export type Tensor = {
  readonly shape: readonly number[];
  /** Its numbers where the file holds them (weights, paddings); undefined where they are computed. */
  readonly values: Float32Array | undefined;
};

export type Operation = {
  readonly kind: "add" | "convolution" | "depthwise" | "relu" | "pool" | "pad" | "enlarge" | "reshape";
  /** Indices into the model's tensors. */
  readonly inputs: readonly number[];
  readonly output: number;
  /** 1 or 2; 1 where the operation has none. */
  readonly stride: number;
};

export type Model = {
  readonly tensors: readonly Tensor[];
  readonly operations: readonly Operation[];
  readonly input: number;
  readonly outputs: readonly number[];
};

/** BuiltinOperator numbers of the schema; 6, DEQUANTIZE, is resolved while reading. */
const KINDS: Readonly<Record<number, Operation["kind"]>> = {
  0: "add",
  3: "convolution",
  4: "depthwise",
  17: "pool",
  19: "relu",
  22: "reshape",
  23: "enlarge",
  34: "pad",
};
const DEQUANTIZE = 6;

/** Throws RangeError on a broken file and Error on operations outside KINDS. */
export function readModel(bytes: Uint8Array): Model {
  const file = new FlatBuffer(bytes);
  const root = file.follow(0);
  const graph = file.tables(root, 2)[0];
  if (graph === undefined) throw new Error("The model has no graph.");
  // A number over 127 moved from the first field to the fourth; neither matters for the operators known here.
  const operators = file.tables(root, 1).map((table) => Math.max(file.int8(table, 0), file.int32(table, 3)));
  const buffers = file.tables(root, 4).map((table) => file.bytesOf(table, 0));
  const tensors = file.tables(graph, 0).map((table) => ({
    shape: file.int32s(table, 0),
    values: toFloats(buffers[file.int32(table, 2)], file.int8(table, 1)),
  }));
  const operations: Operation[] = [];
  for (const table of file.tables(graph, 3)) {
    const operator = operators[file.int32(table, 0)] ?? -1;
    const inputs = file.int32s(table, 1);
    const output = file.int32s(table, 2)[0] ?? -1;
    if (operator === DEQUANTIZE) {
      const source = tensors[inputs[0] ?? -1];
      const target = tensors[output];
      if (source && target) tensors[output] = { shape: target.shape, values: source.values };
      continue;
    }
    const kind = KINDS[operator];
    if (kind === undefined) throw new Error(`The model uses operator ${operator}, which is not supported.`);
    const strided = kind === "convolution" || kind === "depthwise" || kind === "pool";
    operations.push({ kind, inputs, output, stride: strided ? file.int32(file.table(table, 4), 1) : 1 });
  }
  return { tensors, operations, input: file.int32s(graph, 1)[0] ?? -1, outputs: file.int32s(graph, 2) };
}

const FLOAT32 = 0;
const FLOAT16 = 1;
const INT32 = 2;

function toFloats(bytes: Uint8Array | undefined, type: number): Float32Array | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  if (type !== FLOAT32 && type !== FLOAT16 && type !== INT32)
    throw new Error(`The model uses number type ${type}, which is not supported.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = type === FLOAT16 ? 2 : 4;
  const floats = new Float32Array(bytes.length / width);
  for (let index = 0, at = 0; index < floats.length; index++, at += width)
    floats[index] =
      type === FLOAT16
        ? halfToNumber(view.getUint16(at, true))
        : type === FLOAT32
          ? view.getFloat32(at, true)
          : view.getInt32(at, true);
  return floats;
}

const single = new DataView(new ArrayBuffer(4));

/** IEEE 754 binary16, by moving its bits to where binary32 has them; infinities do not occur in weights. */
function halfToNumber(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (sign < 0 ? -fraction : fraction) * 2 ** -24;
  single.setInt32(0, sign | ((exponent + 112) << 23) | (fraction << 13));
  return single.getFloat32(0);
}

/** Field access by table position and field number; an absent field reads as 0 or empty, as the schema's defaults do. */
class FlatBuffer {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  follow(at: number): number {
    return at + this.#view.getUint32(at, true);
  }

  int8(table: number, field: number): number {
    const at = this.#field(table, field);
    return at === 0 ? 0 : this.#view.getInt8(at);
  }

  int32(table: number, field: number): number {
    const at = this.#field(table, field);
    return at === 0 ? 0 : this.#view.getInt32(at, true);
  }

  int32s(table: number, field: number): number[] {
    const { start, length } = this.#vector(table, field);
    return Array.from({ length }, (_, index) => this.#view.getInt32(start + 4 * index, true));
  }

  table(table: number, field: number): number {
    const at = this.#field(table, field);
    if (at === 0) throw new Error("The model lacks an operation's options.");
    return this.follow(at);
  }

  tables(table: number, field: number): number[] {
    const { start, length } = this.#vector(table, field);
    return Array.from({ length }, (_, index) => this.follow(start + 4 * index));
  }

  bytesOf(table: number, field: number): Uint8Array {
    const { start, length } = this.#vector(table, field);
    return this.#bytes.subarray(start, start + length);
  }

  #vector(table: number, field: number): { start: number; length: number } {
    const at = this.#field(table, field);
    if (at === 0) return { start: 0, length: 0 };
    const vector = this.follow(at);
    return { start: vector + 4, length: this.#view.getUint32(vector, true) };
  }

  /** Position of the field's value, 0 if the table does not have it. */
  #field(table: number, field: number): number {
    const fields = table - this.#view.getInt32(table, true);
    const slot = 4 + 2 * field;
    if (slot >= this.#view.getUint16(fields, true)) return 0;
    const offset = this.#view.getUint16(fields + slot, true);
    return offset === 0 ? 0 : table + offset;
  }
}
