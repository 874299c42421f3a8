/**
 * Turns the model into a list of kernel calls for one input size. Every tensor gets a place in the WebAssembly memory;
 * a place is used again once the last operation that reads it is planned, which keeps the whole network in a few
 * megabytes.
 */
import { type Kernels, PIXELS_AT_ONCE } from "./kernels.ts";
import type { Model, Operation } from "./model-file.ts";
import { Space } from "./space.ts";
import {
  addStep,
  borderedBytes,
  depthwiseStep,
  enlargeStep,
  FLOAT_BYTES,
  type Layer,
  type Place,
  pointwiseStep,
  poolStep,
  type Step,
  widenStep,
} from "./steps.ts";

export type Plan = {
  readonly steps: readonly Step[];
  /** The input as float32 RGB rows, one pixel of padding to the right and below, and slack; `pitch` in bytes. */
  readonly canvas: { readonly at: number; readonly pitch: number; readonly bytes: number };
  /** In the order of the model's outputs. */
  readonly outputs: readonly Place[];
  /** First byte after everything the plan touches. */
  readonly end: number;
};

export type Machine = {
  readonly kernels: Kernels;
  readonly memory: () => Uint8Array;
  /** Where each operation's packed weights begin (weights.ts). */
  readonly weightsAt: ReadonlyMap<Operation, number>;
};

/** The vector loops of pointwise and unfold may write this much past a tensor. */
const SLACK_BYTES = 64;
/** Floats that unfold makes of the stem's neighbourhood: 27 and a filler. */
const UNFOLDED = 28;

/** `rows` and `columns` are multiples of 32 (the network halves five times); memory from `start` on is the plan's. */
export function planNetwork(
  model: Model,
  machine: Machine,
  size: { rows: number; columns: number; start: number },
): Plan {
  const { kernels } = machine;
  const space = new Space(size.start);
  const tensors = new LiveTensors(model, space);
  const pitch = (size.columns + 1) * 3 * FLOAT_BYTES;
  const canvasBytes = (size.rows + 1) * pitch + SLACK_BYTES;
  const canvas = { at: space.take(canvasBytes), pitch, bytes: canvasBytes };
  const steps: Step[] = [];
  for (const operation of model.operations) {
    const { kind, inputs, output, stride } = operation;
    if (kind === "relu" || kind === "reshape") {
      // A relu is done by the operation before it; a reshape changes nothing in memory.
      tensors.rename(inputs[0], output);
      continue;
    }
    const isStem = inputs[0] === model.input;
    const source = isStem ? takePlace(space, size.rows / 2, size.columns / 2, UNFOLDED) : tensors.read(inputs[0]);
    const target = takePlace(space, ...targetShape(model, operation, source));
    const layer = { ...machine, source, target, clamped: tensors.isClampedNext(output) };
    if (isStem) steps.push(() => kernels.unfold(canvas.at, source.at, source.rows, source.columns, pitch));
    if (kind === "add") steps.push(addStep(layer, tensors.read(inputs[1])));
    else steps.push(stepFor(kind, layer, machine.weightsAt.get(operation) ?? 0, stride, space));
    tensors.bind(output, target);
    if (isStem) space.free(source.at);
    else tensors.release(inputs[0]);
    if (kind === "add") tensors.release(inputs[1]);
  }
  return { steps, canvas, outputs: model.outputs.map((output) => tensors.read(output)), end: space.end };
}

function stepFor(
  kind: Exclude<Operation["kind"], "add" | "relu" | "reshape">,
  layer: Layer,
  weights: number,
  stride: number,
  space: Space,
): Step {
  // Room that is needed during the step alone, and so may be taken by the next tensor.
  const during = (bytes: number): number => {
    const at = space.take(bytes);
    space.free(at);
    return at;
  };
  const { source } = layer;
  const row = source.columns * source.channels * FLOAT_BYTES;
  switch (kind) {
    case "convolution":
      return pointwiseStep(layer, weights);
    case "depthwise":
      return depthwiseStep(layer, weights, stride, during(borderedBytes(source)));
    case "pool":
      return poolStep(layer, during(row));
    case "pad":
      return widenStep(layer);
    case "enlarge":
      return enlargeStep(layer, during(row));
  }
}

/** Rows, columns and channels of what an operation makes of `source`. */
function targetShape(model: Model, { kind, inputs, stride }: Operation, source: Place): [number, number, number] {
  const { rows, columns, channels } = source;
  const parameters = model.tensors[inputs[1] ?? -1];
  // Rounded up to whole vectors; the weights of the channels beyond the model's own are zero.
  if (kind === "convolution") return [rows, columns, Math.ceil((parameters?.shape[0] ?? 0) / 4) * 4];
  // Only channels are ever padded, at the end: the last of the eight numbers.
  if (kind === "pad") return [rows, columns, channels + (parameters?.values?.[7] ?? 0)];
  if (kind === "enlarge") return [rows * 2, columns * 2, channels];
  return [rows / stride, columns / stride, channels];
}

function takePlace(space: Space, rows: number, columns: number, channels: number): Place {
  const pixels = Math.ceil((rows * columns) / PIXELS_AT_ONCE) * PIXELS_AT_ONCE;
  return { at: space.take(pixels * channels * FLOAT_BYTES + SLACK_BYTES), rows, columns, channels };
}

/** Where the tensors computed so far lie, and for how many readers still. */
class LiveTensors {
  readonly #space: Space;
  readonly #readers: ReadonlyMap<number, readonly Operation[]>;
  readonly #places = new Map<number, Place>();
  readonly #readersLeft = new Map<Place, number>();

  constructor(model: Model, space: Space) {
    this.#space = space;
    const readers = new Map<number, Operation[]>();
    for (const operation of model.operations)
      for (const input of operation.inputs) readers.set(input, [...(readers.get(input) ?? []), operation]);
    this.#readers = readers;
  }

  read(tensor: number | undefined): Place {
    const place = this.#places.get(tensor ?? -1);
    if (!place) throw new Error(`The model reads tensor ${tensor} before it is computed.`);
    return place;
  }

  bind(tensor: number, place: Place): void {
    this.#places.set(tensor, place);
    // An output of the model has no readers and is never released.
    const readers = this.#readers.get(tensor)?.length ?? 0;
    this.#readersLeft.set(place, (this.#readersLeft.get(place) ?? 0) + readers);
  }

  release(tensor: number | undefined): void {
    const place = this.read(tensor);
    const left = (this.#readersLeft.get(place) ?? 0) - 1;
    this.#readersLeft.set(place, left);
    if (left === 0) this.#space.free(place.at);
  }

  rename(from: number | undefined, to: number): void {
    this.bind(to, this.read(from));
    this.release(from);
  }

  /** Whether all that follows reads the tensor through a relu. */
  isClampedNext(tensor: number): boolean {
    const readers = this.#readers.get(tensor) ?? [];
    return readers.length === 1 && readers[0]?.kind === "relu";
  }
}
