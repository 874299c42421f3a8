/** Rearranges a model's weights into the order in which the kernels read them. */
import type { Model, Operation, Tensor } from "./model-file.ts";

const LANES = 4;

/**
 * All weights as one run of floats, and where each operation's begin (in floats). `mean` and `scale` are what the model
 * expects to have been done to the bytes 0..255 of a pixel, (byte - mean) * scale; it is folded into the first
 * convolution, so that the image goes in as it is.
 */
export function packWeights(
  model: Model,
  { mean, scale }: { mean: number; scale: number },
): { floats: Float32Array<ArrayBuffer>; starts: Map<Operation, number> } {
  const starts = new Map<Operation, number>();
  const parts: Float32Array[] = [];
  let length = 0;
  for (const operation of model.operations) {
    if (operation.kind !== "convolution" && operation.kind !== "depthwise") continue;
    const weights = model.tensors[operation.inputs[1] ?? -1];
    const bias = model.tensors[operation.inputs[2] ?? -1]?.values;
    if (!weights?.values || !bias) throw new Error("The model lacks the weights of a convolution.");
    const isFirst = operation.inputs[0] === model.input;
    const part =
      operation.kind === "depthwise"
        ? packDepthwise(weights, weights.values, bias)
        : packConvolution(weights, weights.values, bias, isFirst ? { mean, scale } : { mean: 0, scale: 1 });
    // The stem is the one convolution over a neighbourhood, which unfold lays out.
    const [, height, width] = weights.shape;
    const expected = operation.kind === "depthwise" || isFirst ? 3 : 1;
    if (height !== expected || width !== expected || (isFirst && operation.stride !== 2))
      throw new Error("The model has a convolution of a size that is not supported.");
    starts.set(operation, length);
    parts.push(part);
    length += part.length;
  }
  const floats = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    floats.set(part, at);
    at += part.length;
  }
  return { floats, starts };
}

/** For each four channels: their biases, then for each of the nine taps their weights. */
function packDepthwise({ shape }: Tensor, weights: Float32Array, bias: Float32Array): Float32Array {
  const [, height = 0, width = 0, channels = 0] = shape;
  const taps = height * width;
  const packed = new Float32Array(channels * (taps + 1));
  let at = 0;
  for (let channel = 0; channel < channels; channel += LANES) {
    packed.set(bias.subarray(channel, channel + LANES), at);
    at += LANES;
    for (let tap = 0; tap < taps; tap++, at += LANES) {
      const from = tap * channels + channel;
      packed.set(weights.subarray(from, from + LANES), at);
    }
  }
  return packed;
}

/** For each four outputs: their biases, then for each input (and filler up to a multiple of four) their weights. */
function packConvolution(
  { shape }: Tensor,
  weights: Float32Array,
  bias: Float32Array,
  { mean, scale }: { mean: number; scale: number },
): Float32Array {
  const [outputs = 0, height = 0, width = 0, channels = 0] = shape;
  const inputs = height * width * channels;
  const padded = Math.ceil(inputs / LANES) * LANES;
  const packed = new Float32Array(Math.ceil(outputs / LANES) * LANES * (padded + 1));
  for (let output = 0; output < outputs; output++) {
    const lane = output % LANES;
    const start = (output - lane) * (padded + 1) + lane;
    let sum = 0;
    for (let input = 0; input < inputs; input++) {
      const weight = weights[output * inputs + input] ?? 0;
      sum += weight;
      packed[start + LANES * (input + 1)] = scale * weight;
    }
    packed[start] = (bias[output] ?? 0) - mean * scale * sum;
  }
  return packed;
}
