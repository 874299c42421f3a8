/**
 * The face network, ready to run: BlazeFace "full range" (MediaPipe), a small convolutional network that answers for
 * every fourth pixel whether a face is centred there, and where its box and six landmarks are. Being convolutional all
 * through, it takes any size that is a multiple of 32.
 */
import { createKernels } from "./kernels.ts";
import { type Model, readModel } from "./model-file.ts";
import { type Machine, type Plan, planNetwork } from "./plan.ts";
import { FLOAT_BYTES, type Place } from "./steps.ts";
import { packWeights } from "./weights.ts";

/** An RGB picture, 8 bits a channel, no padding between rows. */
export type Pixels = { readonly data: Uint8Array; readonly width: number; readonly height: number };

/** What the network said. `boxes` and `scores` hold some numbers for each cell, row by row; see candidates.ts. */
export type Answer = {
  readonly boxes: Float32Array;
  readonly scores: Float32Array;
  readonly scoreChannels: number;
  readonly columns: number;
  /** Where the picture's top left corner lay on the canvas, in pixels. */
  readonly left: number;
  readonly top: number;
};

/** Numbers a cell of `boxes`: centre, size, then six landmarks. */
export const BOX_CHANNELS = 16;

const SIZE_STEP = 32;
/**
 * At least this much black around the picture, in pixels: faces at the very edge are missed without it. Measured on
 * 285 pictures on a canvas of 192: 275 found at a long side of 160, 264 at 192 without a margin.
 */
const MARGIN = 16;

const PAGE_BYTES = 65_536;
/** The model was trained on bytes / 127.5 - 1; its own padding is 0 after that, so 127.5 before. */
const MEAN = 127.5;
const BLACK = 0;

export class FaceNetwork {
  readonly #model: Model;
  readonly #memory: WebAssembly.Memory;
  readonly #machine: Machine;
  readonly #plansStart: number;
  readonly #plans = new Map<string, Plan>();

  /** `modelFile`: the bytes of the .tflite file. */
  constructor(modelFile: Uint8Array) {
    this.#model = readModel(modelFile);
    const { floats, starts } = packWeights(this.#model, { mean: MEAN, scale: 1 / MEAN });
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil(floats.byteLength / PAGE_BYTES) + 1 });
    new Float32Array(this.#memory.buffer).set(floats);
    this.#machine = {
      kernels: createKernels(this.#memory),
      memory: () => new Uint8Array(this.#memory.buffer),
      weightsAt: new Map([...starts].map(([operation, start]) => [operation, start * FLOAT_BYTES])),
    };
    this.#plansStart = floats.byteLength;
  }

  /**
   * Runs the network over `pixels`, centred on a black canvas. Yields between layers, so that a caller can let others
   * run; the memory is shared, so one run must end before the next begins.
   */
  *run(pixels: Pixels): Generator<void, Answer> {
    const rows = Math.ceil((pixels.height + 2 * MARGIN) / SIZE_STEP) * SIZE_STEP;
    const columns = Math.ceil((pixels.width + 2 * MARGIN) / SIZE_STEP) * SIZE_STEP;
    const left = (columns - pixels.width) >> 1;
    const top = (rows - pixels.height) >> 1;
    const plan = this.#planFor(rows, columns);
    this.#draw(pixels, plan, { rows, columns, left, top });
    for (const step of plan.steps) {
      yield;
      step();
    }
    const boxes = plan.outputs.find((place) => place.channels === BOX_CHANNELS);
    const scores = plan.outputs.find((place) => place.channels !== BOX_CHANNELS);
    if (!boxes || !scores) throw new Error("The model does not answer with boxes and scores.");
    return {
      boxes: this.#copy(boxes),
      scores: this.#copy(scores),
      scoreChannels: scores.channels,
      columns: scores.columns,
      left,
      top,
    };
  }

  #planFor(rows: number, columns: number): Plan {
    const key = `${columns}x${rows}`;
    const known = this.#plans.get(key);
    if (known) return known;
    const plan = planNetwork(this.#model, this.#machine, { rows, columns, start: this.#plansStart });
    const missing = plan.end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    this.#plans.set(key, plan);
    return plan;
  }

  #draw(pixels: Pixels, plan: Plan, on: { rows: number; columns: number; left: number; top: number }): void {
    const { at, pitch, bytes } = plan.canvas;
    const canvas = new Float32Array(this.#memory.buffer, at, bytes / FLOAT_BYTES);
    const rowFloats = pitch / FLOAT_BYTES;
    const pictureFloats = pixels.width * 3;
    canvas.fill(MEAN);
    for (let row = 0; row < on.rows; row++) canvas.fill(BLACK, row * rowFloats, row * rowFloats + on.columns * 3);
    for (let y = 0; y < pixels.height; y++) {
      const source = pixels.data.subarray(y * pictureFloats, (y + 1) * pictureFloats);
      canvas.set(source, (on.top + y) * rowFloats + on.left * 3);
    }
  }

  #copy({ at, rows, columns, channels }: Place): Float32Array {
    return new Float32Array(this.#memory.buffer, at, rows * columns * channels).slice();
  }
}
