/**
 * node scripts/eval-crop.ts <folder> [--json]
 *
 * Measures the crop on photos whose faces are known. The folder holds the photos and faces.json, an array of
 * { file, width, height, faces: [{ x, y, width, height }] }: sizes and boxes of the upright photo in pixels, the main
 * face first, no faces for a photo without one. Exit code 0 if every main face is whole in its crop and 95 % of them
 * lie within 12 % of the crop's side of its centre; 1 if not; 2 if it could not be measured.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Crop, ingestPhoto, renderVariant } from "#lib/avatars/photos";
import { isAppError } from "#lib/platform/errors";

const Box = z.object({ x: z.number(), y: z.number(), width: z.number().positive(), height: z.number().positive() });
const Entry = z.object({
  file: z.string().min(1),
  width: z.number().positive(),
  height: z.number().positive(),
  faces: z.array(Box),
});
type Entry = z.infer<typeof Entry>;

type Result = {
  readonly file: string;
  readonly crop: "face" | "attention" | "refused";
  readonly facesFound: number;
  /** CPU of all threads for decoding, detecting, cropping, storing and one variant at 256 pixels. */
  readonly cpuMs: number;
  readonly problem: string | null;
  /** The main face in the crop; null for a photo without a face and for a refused one. Offsets in % of the side. */
  readonly face: { whole: boolean; offsetX: number; offsetY: number; distance: number; share: number } | null;
  readonly expectsFace: boolean;
};

const CENTRED_WITHIN = 12;
const CENTRED_SHARE = 0.95;
const WARM_UP_PHOTOS = 8;

/** Something about the arguments or the folder, said in one sentence. */
class Unmeasurable extends Error {}

async function readEntries(folder: string): Promise<Entry[]> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new Unmeasurable(`There is no folder ${folder}.`);
  const path = join(folder, "faces.json");
  const text = await readFile(path, "utf8").catch(() => {
    throw new Unmeasurable(`There is no ${path}: it says where the faces are.`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unmeasurable(`${path} is not JSON.`);
  }
  const parsed = z.array(Entry).min(1).safeParse(value);
  if (!parsed.success)
    throw new Unmeasurable(`${path} does not have the expected form: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

async function readPhoto(folder: string, file: string): Promise<Uint8Array> {
  return readFile(join(folder, file)).catch(() => {
    throw new Unmeasurable(`faces.json names ${file}, but ${join(folder, file)} cannot be read.`);
  });
}

async function measure(entry: Entry, bytes: Uint8Array): Promise<Result> {
  const before = process.cpuUsage();
  const cpuMs = (): number => {
    const used = process.cpuUsage(before);
    return (used.user + used.system) / 1000;
  };
  const [main] = entry.faces;
  const common = { file: entry.file, expectsFace: main !== undefined };
  try {
    const photo = await ingestPhoto(bytes);
    await renderVariant(photo.bytes, 256, "webp");
    const face = main ? placeIn(photo.area, main, photo.source.width / entry.width) : null;
    return { ...common, crop: photo.crop, facesFound: photo.faces.length, cpuMs: cpuMs(), problem: null, face };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { ...common, crop: "refused", facesFound: 0, cpuMs: cpuMs(), problem: error.message, face: null };
  }
}

/** `scale` from the entry's pixels to the photo's: very large photos are shrunk while they are read. */
function placeIn({ left, top, side }: Crop, box: z.infer<typeof Box>, scale: number): Result["face"] {
  const x = box.x * scale - left;
  const y = box.y * scale - top;
  const width = box.width * scale;
  const height = box.height * scale;
  const offsetX = (100 * (x + width / 2 - side / 2)) / side;
  const offsetY = (100 * (y + height / 2 - side / 2)) / side;
  return {
    whole: Math.min(x, y) >= 0 && Math.max(x + width, y + height) <= side,
    offsetX,
    offsetY,
    distance: Math.hypot(offsetX, offsetY),
    share: (100 * height) / side,
  };
}

function summarize(results: readonly Result[]) {
  const withFace = results.filter((result) => result.expectsFace);
  const without = results.filter((result) => !result.expectsFace);
  const cpu = results.map((result) => result.cpuMs).toSorted((a, b) => a - b);
  const whole = withFace.filter((result) => result.face?.whole).length;
  const centred = withFace.filter((result) => (result.face?.distance ?? Infinity) <= CENTRED_WITHIN).length;
  return {
    photos: results.length,
    withFace: withFace.length,
    facesWhole: whole,
    facesCentred: centred,
    centredShare: withFace.length === 0 ? 1 : centred / withFace.length,
    facesFound: withFace.filter((result) => result.crop === "face").length,
    withoutFace: without.length,
    falseDetections: without.filter((result) => result.facesFound > 0).length,
    cpuMsMedian: cpu[Math.floor(cpu.length / 2)] ?? 0,
    cpuMsMax: cpu.at(-1) ?? 0,
    passed: whole === withFace.length && centred >= withFace.length * CENTRED_SHARE,
  };
}

function lineFor(result: Result): string {
  const cells = [result.file.padEnd(34), result.crop.padEnd(9), `faces ${result.facesFound}`];
  if (result.problem) cells.push(result.problem);
  else if (result.face) {
    const { offsetX, offsetY, distance, share, whole } = result.face;
    const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(1)}%`.padStart(7);
    cells.push(`x ${signed(offsetX)}  y ${signed(offsetY)}  off ${distance.toFixed(1).padStart(5)}%`);
    cells.push(`face ${share.toFixed(0).padStart(3)}% of side`, whole ? "whole" : "CUT  ");
  } else cells.push("no face expected");
  return `${cells.join("  ")}  ${result.cpuMs.toFixed(0)} ms`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1)
    throw new Unmeasurable("Usage: npm run eval:crop -- <folder with photos and faces.json> [--json]");
  const entries = await readEntries(folder);
  const photos = await Promise.all(entries.map((entry) => readPhoto(folder, entry.file)));
  // The first photos of a process also pay for loading the network and for compiling.
  for (const [index, bytes] of photos.slice(0, WARM_UP_PHOTOS).entries()) {
    const entry = entries[index];
    if (entry) await measure(entry, bytes);
  }
  const results: Result[] = [];
  for (const [index, entry] of entries.entries()) {
    const result = await measure(entry, photos[index] ?? new Uint8Array());
    results.push(result);
    if (!values.json) console.log(lineFor(result));
  }
  const summary = summarize(results);
  if (values.json) console.log(JSON.stringify({ summary, photos: results }, null, 2));
  else
    console.log(
      [
        "",
        `faces whole ${summary.facesWhole}/${summary.withFace}`,
        `centred within ${CENTRED_WITHIN}% of the side ${summary.facesCentred}/${summary.withFace} (${(100 * summary.centredShare).toFixed(1)}%)`,
        `false detections ${summary.falseDetections}/${summary.withoutFace} photos without a face`,
        `CPU median ${summary.cpuMsMedian.toFixed(0)} ms, max ${summary.cpuMsMax.toFixed(0)} ms (decode, detect, crop, store, one variant)`,
        summary.passed ? "passed" : "FAILED",
      ].join("\n"),
    );
  return summary.passed ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Unmeasurable) && !(error instanceof TypeError && "code" in error)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
