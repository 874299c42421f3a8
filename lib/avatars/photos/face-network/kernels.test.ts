import { describe, expect, test } from "vitest";
import { createKernels, PIXELS_AT_ONCE } from "./kernels.ts";

/** Memory with the kernels over it, in which floats are put one after the other. */
function workshop() {
  const memory = new WebAssembly.Memory({ initial: 8 });
  const kernels = createKernels(memory);
  const floats = new Float32Array(memory.buffer);
  let used = 0;
  const put = (values: ArrayLike<number>): number => {
    const at = used;
    floats.set(values, at);
    used += Math.ceil((values.length + 64) / 4) * 4;
    return at * 4;
  };
  return { kernels, put, room: (count: number) => put(new Float32Array(count)), floats };
}

const some = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => Math.sin(at * 12.9898 + seed) * 2);

const read = (values: ArrayLike<number>, at: number): number => values[at] ?? Number.NaN;

describe("the kernels do what plain loops do", () => {
  test.each([
    [8, 4, 8],
    [8, 8, 12],
    [24, 28, 4],
    [16, 96, 32],
  ])("pointwise: %i pixels, %i channels to %i", (pixels, inputs, outputs) => {
    const { kernels, put, room, floats } = workshop();
    const x = some(pixels * inputs, 1);
    const weight = some(inputs * outputs, 2);
    const bias = some(outputs, 3);
    const packed: number[] = [];
    for (let group = 0; group < outputs; group += 4) {
      for (let lane = 0; lane < 4; lane++) packed.push(read(bias, group + lane));
      for (let input = 0; input < inputs; input++)
        for (let lane = 0; lane < 4; lane++) packed.push(read(weight, (group + lane) * inputs + input));
    }
    const out = room(pixels * outputs);
    expect(pixels % PIXELS_AT_ONCE).toBe(0);
    for (const floor of [0, Number.NEGATIVE_INFINITY]) {
      kernels.pointwise(put(x), put(packed), out, out + pixels * outputs * 4, inputs * 4, outputs * 4, floor);
      for (let pixel = 0; pixel < pixels; pixel++)
        for (let output = 0; output < outputs; output++) {
          let sum = read(bias, output);
          for (let input = 0; input < inputs; input++)
            sum += read(x, pixel * inputs + input) * read(weight, output * inputs + input);
          expect(read(floats, out / 4 + pixel * outputs + output)).toBeCloseTo(Math.max(floor, sum), 3);
        }
    }
  });

  test.each([1, 2])("depthwise: stride %i", (stride) => {
    const { kernels, put, room, floats } = workshop();
    const [rows, columns, channels] = [6, 4, 8];
    const pitch = (columns + 2) * channels;
    const padded = some((rows + 2) * pitch, 4);
    const weight = some(9 * channels, 5);
    const bias = some(channels, 6);
    const packed: number[] = [];
    for (let group = 0; group < channels; group += 4)
      for (let tap = -1; tap < 9; tap++)
        for (let lane = 0; lane < 4; lane++)
          packed.push(tap < 0 ? read(bias, group + lane) : read(weight, tap * channels + group + lane));
    const [outRows, outColumns] = [rows / stride, columns / stride];
    const out = room(outRows * outColumns * channels);
    const rowBytes = outColumns * channels * 4;
    const step = [pitch * 4, stride * pitch * 4, stride * channels * 4] as const;
    kernels.depthwise(put(padded), put(packed), out, out + outRows * rowBytes, rowBytes, channels * 4, ...step);
    for (let y = 0; y < outRows; y++)
      for (let x = 0; x < outColumns; x++)
        for (let channel = 0; channel < channels; channel++) {
          let sum = read(bias, channel);
          for (let tap = 0; tap < 9; tap++) {
            const row = y * stride + Math.floor(tap / 3);
            const column = x * stride + (tap % 3);
            sum += read(padded, row * pitch + column * channels + channel) * read(weight, tap * channels + channel);
          }
          expect(read(floats, out / 4 + (y * outColumns + x) * channels + channel)).toBeCloseTo(sum, 3);
        }
  });

  test("unfold: the neighbourhood of every second pixel", () => {
    const { kernels, put, room, floats } = workshop();
    const [rows, columns] = [3, 2];
    const pitch = (2 * columns + 1) * 3;
    const canvas = some((2 * rows + 1) * pitch, 7);
    const out = room(rows * columns * 28);
    kernels.unfold(put(canvas), out, rows, columns, pitch * 4);
    for (let pixel = 0; pixel < rows * columns; pixel++)
      for (let tap = 0; tap < 27; tap++) {
        const y = 2 * Math.floor(pixel / columns) + Math.floor(tap / 9);
        const at = y * pitch + 2 * (pixel % columns) * 3 + (tap % 9);
        expect(read(floats, out / 4 + pixel * 28 + tap)).toBe(read(canvas, at));
      }
  });

  test("add, addClamped, largest and blend: with steps of their own", () => {
    const { kernels, put, room, floats } = workshop();
    const a = some(48, 8);
    const b = some(48, 9);
    const expected = {
      add: (p: number, q: number) => p + q,
      addClamped: (p: number, q: number) => Math.max(0, p + q),
      largest: Math.max,
      blend: (p: number, q: number) => 0.75 * p + 0.25 * q,
    } as const;
    for (const name of ["add", "addClamped", "largest", "blend"] as const) {
      const out = room(36);
      // Three pixels of eight channels, taken from every sixteen floats and put at every twelve.
      kernels[name](put(a), put(b), out, 3, 32, 64, 48);
      for (let pixel = 0; pixel < 3; pixel++)
        for (let channel = 0; channel < 8; channel++)
          expect(read(floats, out / 4 + pixel * 12 + channel)).toBeCloseTo(
            expected[name](read(a, pixel * 16 + channel), read(b, pixel * 16 + channel)),
            5,
          );
    }
  });
});
