import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Crop, chooseCrop } from "./choose-crop.ts";
import type { Face } from "./detect-faces.ts";

const face = (x: number, y: number, width: number, height: number, confidence = 0.9): Face => ({
  x,
  y,
  width,
  height,
  confidence,
});

function crop(width: number, height: number, ...faces: Face[]): Crop {
  const chosen = chooseCrop(width, height, faces);
  if (!chosen) throw new Error("No crop was chosen.");
  return chosen;
}

const holds = (square: Crop, { x, y, width, height }: Face): boolean =>
  x >= square.left &&
  y >= square.top &&
  x + width <= square.left + square.side &&
  y + height <= square.top + square.side;

/** Distance of the face's middle from the square's, as a part of the side; the larger of both axes. */
const offset = (square: Crop, { x, y, width, height }: Face): number =>
  Math.max(
    Math.abs(x + width / 2 - square.left - square.side / 2),
    Math.abs(y + height / 2 - square.top - square.side / 2),
  ) / square.side;

describe("chooseCrop", () => {
  test("chooses nothing where there is no face", () => {
    expect(chooseCrop(400, 300, [])).toBeNull();
  });

  test("gives the face half of the side and the middle", () => {
    expect(crop(1000, 800, face(400, 300, 80, 100))).toEqual({ left: 340, top: 250, side: 200 });
  });

  test("takes what the picture has if the face is large", () => {
    const square = crop(200, 250, face(40, 40, 130, 160));
    expect(square.side).toBe(200);
    expect(holds(square, face(40, 40, 130, 160))).toBe(true);
  });

  test("shrinks towards a face near the edge rather than move off it", () => {
    const near = face(60, 300, 80, 100);
    const square = crop(1000, 800, near);
    expect(square.side).toBeLessThan(220);
    expect(square.side).toBeGreaterThanOrEqual(200);
    expect(offset(square, near)).toBeLessThanOrEqual(0.035);
  });

  test("does not go closer than a quarter around the face, and moves then", () => {
    const atEdge = face(0, 300, 80, 100);
    const square = crop(1000, 800, atEdge);
    expect(square).toEqual({ left: 0, top: 288, side: 125 });
    expect(holds(square, atEdge)).toBe(true);
  });

  test("cuts a face alike on both sides if the picture has no square for it", () => {
    expect(crop(100, 300, face(0, 60, 100, 140))).toEqual({ left: 0, top: 80, side: 100 });
  });

  test("takes the largest face", () => {
    const square = crop(1000, 500, face(100, 200, 60, 75, 0.99), face(700, 200, 80, 100, 0.6));
    expect(square.left).toBeGreaterThan(600);
  });

  test("takes the surer of two equally large faces, and the more central of two equally sure ones", () => {
    const left = face(100, 200, 80, 100, 0.9);
    expect(crop(1000, 500, left, face(600, 200, 80, 101, 0.6)).left).toBeLessThan(200);
    expect(crop(1000, 500, left, face(520, 200, 80, 100, 0.91)).left).toBeGreaterThan(400);
  });

  const pictures = fc.integer({ min: 16, max: 3000 }).chain((width) =>
    fc.integer({ min: 16, max: 3000 }).chain((height) => {
      const part = fc.double({ min: 0, max: 1, noNaN: true });
      const faces = fc.array(
        fc
          .record({
            x: part,
            y: part,
            size: fc.double({ min: 0.02, max: 1, noNaN: true }),
            aspect: part,
            confidence: part,
          })
          .map(({ x, y, size, aspect, confidence }) => {
            const faceHeight = size * height;
            const faceWidth = Math.min(width, faceHeight * (0.6 + 0.6 * aspect));
            return face(x * (width - faceWidth), y * (height - faceHeight), faceWidth, faceHeight, confidence);
          }),
        { minLength: 1, maxLength: 4 },
      );
      return fc.record({ width: fc.constant(width), height: fc.constant(height), faces });
    }),
  );
  test("is always a square of whole pixels within the picture", () => {
    fc.assert(
      fc.property(pictures, ({ width, height, faces }) => {
        const { left, top, side } = crop(width, height, ...faces);
        expect([left, top, side].every(Number.isInteger)).toBe(true);
        expect(side).toBeGreaterThan(0);
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
        expect(left + side).toBeLessThanOrEqual(width);
        expect(top + side).toBeLessThanOrEqual(height);
      }),
      { numRuns: 1000 },
    );
  });

  test("never cuts a face that any square of the picture could hold", () => {
    fc.assert(
      fc.property(pictures, ({ width, height, faces }) => {
        for (const one of faces) {
          const fits = Math.max(one.width, one.height) + 2 <= Math.min(width, height);
          if (fits) expect(holds(crop(width, height, one), one)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("is, of several faces, the square of one of the largest", () => {
    fc.assert(
      fc.property(pictures, ({ width, height, faces }) => {
        const largest = Math.max(...faces.map((one) => one.width * one.height));
        const candidates = faces.filter((one) => one.width * one.height >= 0.95 * largest);
        expect(candidates.map((one) => crop(width, height, one))).toContainEqual(crop(width, height, ...faces));
      }),
      { numRuns: 1000 },
    );
  });

  test("is centred within a few per cent wherever the edges leave room for a quarter around the face", () => {
    fc.assert(
      fc.property(pictures, ({ width, height, faces }) => {
        const [first] = faces;
        if (!first) return;
        const x = first.x + first.width / 2;
        const y = first.y + first.height / 2;
        const room = Math.min(x, y, width - x, height - y);
        const extent = Math.max(first.width, first.height);
        const square = crop(width, height, first);
        // A pixel for rounding: small pictures are coarse.
        if (room >= 0.625 * extent + 1) expect(offset(square, first)).toBeLessThanOrEqual(0.03 + 1.5 / square.side);
        expect(square.side).toBeLessThanOrEqual(2 * extent + 1.5);
      }),
      { numRuns: 1000 },
    );
  });
});
