import { expect, test } from "vitest";
import { createRowTable } from "./row-table.ts";

/** The same, slowly. */
const plain = (row: Int8Array, question: Float32Array) =>
  row.reduce((sum, byte, at) => sum + byte * (question[at] ?? 0), 0);

test.each([3, 16, 100, 512, 1_536, 4_096])(
  "scalar products of %i dimensions are those of plain arithmetic",
  (dimensions) => {
    const count = 37;
    const bytes = Int8Array.from({ length: count * dimensions }, (_, at) => ((at * 7_919) % 255) - 127);
    const question = Float32Array.from({ length: dimensions }, (_, at) => Math.sin(at * 3.7));
    const table = createRowTable(count, dimensions);
    table.write(0, bytes);
    const expected = Array.from({ length: count }, (_, row) =>
      plain(bytes.subarray(row * dimensions, (row + 1) * dimensions), question),
    );
    const length = Math.sqrt(dimensions) * 127;
    for (const [row, product] of table.products(question).entries())
      expect(Math.abs(product - (expected[row] ?? 0)) / length).toBeLessThan(0.002);
    const some = [...table.products(question, 5, 9)];
    expect(some).toEqual([...table.products(question)].slice(5, 9));
  },
);

test("the largest numbers there are do not overflow", () => {
  const table = createRowTable(2, 4_096);
  table.write(0, new Int8Array(4_096).fill(127));
  table.write(1, new Int8Array(4_096).fill(-128));
  const products = [...table.products(new Float32Array(4_096).fill(1))];
  expect(products[0]).toBeCloseTo(127 * 4_096, -1);
  expect(products[1]).toBeCloseTo(-128 * 4_096, -1);
});

test("a question without direction, and a table without rows", () => {
  expect([...createRowTable(2, 8).products(new Float32Array(8))]).toEqual([0, 0]);
  expect(createRowTable(0, 8).products(new Float32Array(8))).toHaveLength(0);
});
