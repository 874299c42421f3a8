/**
 * Just enough of a WebAssembly assembler to write the kernels in kernels.ts: one memory, functions over i32 and f32
 * parameters, counted loops and 128-bit SIMD. Opcodes: WebAssembly Core 2.0, chapter 5.4.
 */

/** Instructions as bytes, nested as convenient; flattened once when the module is written. */
export type Code = number | readonly Code[];

export type WasmFunction = {
  readonly name: string;
  readonly parameters: readonly ("i32" | "f32")[];
  readonly i32Locals: number;
  readonly v128Locals: number;
  readonly body: Code;
};

const VALUE_TYPE = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
const SIMD = 0xfd;
const EMPTY_BLOCK = 0x40;

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128. */
function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const done = (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40);
  return done ? [low] : [low | 0x80, ...signed(rest)];
}

export const get = (local: number): Code => [0x20, unsigned(local)];
export const set = (local: number, value: Code): Code => [value, 0x21, unsigned(local)];
export const i32 = (value: number): Code => [0x41, signed(value)];
export const i32Add = (a: Code, b: Code): Code => [a, b, 0x6a];
export const i32Multiply = (a: Code, b: Code): Code => [a, b, 0x6c];
export const loadVector = (address: Code, offset = 0): Code => [address, SIMD, 0x00, 0, unsigned(offset)];
export const loadSplat = (address: Code, offset = 0): Code => [address, SIMD, 0x09, 0, unsigned(offset)];
export const storeVector = (address: Code, value: Code, offset = 0): Code => [
  address,
  value,
  SIMD,
  0x0b,
  0,
  unsigned(offset),
];
export const splat = (value: Code): Code => [value, SIMD, 0x13];
export const splatConstant = (value: number): Code => [
  0x43,
  ...new Uint8Array(Float32Array.of(value).buffer),
  SIMD,
  0x13,
];
export const vectorAdd = (a: Code, b: Code): Code => [a, b, SIMD, unsigned(0xe4)];
export const vectorMultiply = (a: Code, b: Code): Code => [a, b, SIMD, unsigned(0xe6)];
/** pmax, not max: one machine instruction, and there are no NaNs to be strict about. */
export const vectorMax = (a: Code, b: Code): Code => [a, b, SIMD, unsigned(0xeb)];

/** Adds `step` (an i32 expression) to an i32 local. */
export const advance = (local: number, step: Code): Code => set(local, i32Add(get(local), step));

/** Runs `body` while the i32 in `local` is below `end`; `body` advances it. Runs not at all if it is not below. */
export const whileBelow = (local: number, end: Code, body: Code): Code => [
  [0x02, EMPTY_BLOCK, 0x03, EMPTY_BLOCK],
  [get(local), end, 0x4f, 0x0d, 1],
  [body, 0x0c, 0, 0x0b, 0x0b],
];

/** The bytes of a module that imports its memory as `env.memory` and exports every function by name. */
export function writeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const text = (value: string): number[] => [...unsigned(value.length), ...new TextEncoder().encode(value)];
  const list = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
  const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
  const types = functions.map((fn) => [0x60, ...list(fn.parameters.map((type) => [VALUE_TYPE[type]])), 0]);
  const exports = functions.map((fn, index) => [...text(fn.name), 0x00, ...unsigned(index)]);
  const bodies = functions.map((fn) => {
    const locals = list([
      [...unsigned(fn.i32Locals), VALUE_TYPE.i32],
      [...unsigned(fn.v128Locals), VALUE_TYPE.v128],
    ]);
    const body = [...locals, ...flatten(fn.body), 0x0b];
    return [...unsigned(body.length), ...body];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(types)),
    ...section(2, list([[...text("env"), ...text("memory"), 0x02, 0x00, 1]])),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(7, list(exports)),
    ...section(10, list(bodies)),
  ]);
}

function flatten(code: Code): number[] {
  return typeof code === "number" ? [code] : code.flatMap(flatten);
}
