/** One function for each kind of layer: given where its tensors lie, the call or calls of kernels that compute it. */
import type { Kernels } from "./kernels.ts";

export const FLOAT_BYTES = 4;

/** A tensor in memory: rows of pixels of `channels` floats, from byte `at`. */
export type Place = {
  readonly at: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
};

export type Step = () => void;

export type Layer = {
  readonly kernels: Kernels;
  /** A view of all memory; taken anew for each use, because memory moves when it grows. */
  readonly memory: () => Uint8Array;
  readonly source: Place;
  readonly target: Place;
  /** Whether negative results become zero. */
  readonly clamped: boolean;
};

const pixelBytes = (place: Place): number => place.channels * FLOAT_BYTES;
const rowBytes = (place: Place): number => place.columns * pixelBytes(place);
const endOf = (place: Place): number => place.at + place.rows * rowBytes(place);

export function pointwiseStep({ kernels, source, target, clamped }: Layer, weights: number): Step {
  const floor = clamped ? 0 : Number.NEGATIVE_INFINITY;
  return () =>
    kernels.pointwise(source.at, weights, target.at, endOf(target), pixelBytes(source), pixelBytes(target), floor);
}

/** Bytes that depthwiseStep needs for a copy of its source with a border. */
export function borderedBytes(source: Place): number {
  return (source.rows + 2) * (rowBytes(source) + 2 * pixelBytes(source));
}

export function depthwiseStep(layer: Layer, weights: number, stride: number, bordered: number): Step {
  const { kernels, memory, source, target } = layer;
  const pixel = pixelBytes(source);
  const row = rowBytes(source);
  const pitch = row + 2 * pixel;
  // TensorFlow's SAME padding of an even size is 1 on every side for stride 1, but 0 before and 1 after for stride 2.
  const first = stride === 1 ? bordered : bordered + pitch + pixel;
  const strides = [pitch, stride * pitch, stride * pixel] as const;
  return () => {
    const bytes = memory();
    bytes.fill(0, bordered, bordered + borderedBytes(source));
    for (let y = 0; y < source.rows; y++) {
      const from = source.at + y * row;
      bytes.copyWithin(bordered + (y + 1) * pitch + pixel, from, from + row);
    }
    kernels.depthwise(first, weights, target.at, endOf(target), rowBytes(target), pixel, ...strides);
  };
}

export function addStep({ kernels, source, target, clamped }: Layer, other: Place): Step {
  const add = clamped ? kernels.addClamped : kernels.add;
  return () => add(source.at, other.at, target.at, 1, source.rows * rowBytes(source), 0, 0);
}

/** The largest of two by two; `tall` has room for a row of the source. */
export function poolStep({ kernels, source, target }: Layer, tall: number): Step {
  const pixel = pixelBytes(source);
  const row = rowBytes(source);
  return () => {
    for (let y = 0; y < target.rows; y++) {
      const from = source.at + 2 * y * row;
      kernels.largest(from, from + row, tall, 1, row, 0, 0);
      kernels.largest(tall, tall + pixel, target.at + (y * row) / 2, target.columns, pixel, 2 * pixel, pixel);
    }
  };
}

/** More channels, zero. */
export function widenStep({ kernels, memory, source, target }: Layer): Step {
  const pixels = source.rows * source.columns;
  return () => {
    memory().fill(0, target.at, endOf(target));
    kernels.largest(
      source.at,
      source.at,
      target.at,
      pixels,
      pixelBytes(source),
      pixelBytes(source),
      pixelBytes(target),
    );
  };
}

/**
 * Bilinear enlargement by two with pixel centres at half positions: every result is 3/4 of one pixel and 1/4 of the
 * next. `blended` has room for a row of the source.
 */
export function enlargeStep({ kernels, source, target }: Layer, blended: number): Step {
  const pixel = pixelBytes(source);
  const row = rowBytes(source);
  const last = row - pixel;
  const between = source.columns - 1;
  return () => {
    for (let y = 0; y < target.rows; y++) {
      const near = y >> 1;
      const far = Math.min(source.rows - 1, Math.max(0, y % 2 === 0 ? near - 1 : near + 1));
      kernels.blend(source.at + near * row, source.at + far * row, blended, 1, row, 0, 0);
      const to = target.at + y * 2 * row;
      kernels.blend(blended, blended, to, 1, pixel, 0, 0);
      kernels.blend(blended + pixel, blended, to + 2 * pixel, between, pixel, pixel, 2 * pixel);
      kernels.blend(blended, blended + pixel, to + pixel, between, pixel, pixel, 2 * pixel);
      kernels.blend(blended + last, blended + last, to + 2 * last + pixel, 1, pixel, 0, 0);
    }
  };
}
