import { readFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import sharp from "sharp";
import { packageFile } from "#lib/platform/package-files";
import type { Photo } from "./decode-photo.ts";
import { average, type Candidate, candidatesIn } from "./face-network/candidates.ts";
import { type Answer, FaceNetwork, type Pixels } from "./face-network/network.ts";

/** A face from hairline to chin, in pixels of the photo, within it; `confidence` 0 to 1. */
export type Face = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly confidence: number;
};

/**
 * Long sides, in pixels, at which the photo is looked at: the first is enough for nine in ten; the others find small
 * and half-tone faces. Their cost grows with the square: 9, 16 and 36 ms for a square photo.
 */
const SIDES = [160, 224, 352] as const;
/** A score at which the first look is believed without another. */
const CERTAIN = 0.6;
/** A score that counts on its own; the finest look sees faces in foliage, and must be surer. */
const LIKELY = 0.5;
const LIKELY_WHEN_FINE = 0.6;
/** Two looks that agree count together. */
const LIKELY_TOGETHER = 0.9;
const WORTH_NOTING = 0.2;
/** Pixels of the photo; a smaller face cannot be recognised, so the whole scene says more. */
const SMALLEST = 12;

/**
 * From the network's square, brows to chin, to the whole face. The square of a turned head lies on the side of the
 * nose, the middle between the ears on the side of the hair; of 800 faces those between the two were centred best.
 * All in parts of the square's side.
 */
const TOWARDS_EARS_X = 0.75;
const TOWARDS_EARS_Y = 0.5;
const CENTRE_ABOVE_BOX = 0.06;
const CENTRE_BELOW_EARS = 0.03;
const HEIGHT = 1.2;

/** Every face in the photo, surest first; [] if there is none. 10 to 80 ms of CPU, given up every few milliseconds. */
export async function detectFaces(photo: Photo): Promise<Face[]> {
  const finest = await resize(photo, Math.max(...SIDES));
  const looks: Candidate[][] = [];
  for (const side of SIDES) {
    const pixels = await resize({ ...finest, channels: 3 }, side);
    const scale = photo.width / pixels.width;
    const seen = candidatesIn(await answerTo(pixels), WORTH_NOTING);
    const placed = seen.map((face) => scaled(face, scale, photo.height / pixels.height));
    looks.push(placed.filter((face) => isPlausible(face, photo)));
    const faces = agreedFaces(looks);
    const enough = looks.length === 1 ? faces.some((face) => face.score >= CERTAIN) : faces.length > 0;
    if (enough) return faces.map((face) => wholeFace(face, photo));
  }
  return [];
}

/** White behind what is transparent. Small pictures are enlarged: the network needs the pixels. */
async function resize(photo: Photo, side: number): Promise<Pixels> {
  const { width, height, channels } = photo;
  const { data, info } = await sharp(photo.data, { raw: { width, height, channels } })
    .flatten({ background: "#ffffff" })
    .resize({ width: side, height: side, fit: "inside" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** The network also sees things in the margin around the photo. */
function isPlausible({ x, y, width, height }: Candidate, photo: Photo): boolean {
  const centreX = x + width / 2;
  const centreY = y + height / 2;
  return height >= SMALLEST && centreX > 0 && centreX < photo.width && centreY > 0 && centreY < photo.height;
}

function scaled(face: Candidate, x: number, y: number): Candidate {
  return {
    x: face.x * x,
    y: face.y * y,
    width: face.width * x,
    height: face.height * y,
    earsX: face.earsX * x,
    earsY: face.earsY * y,
    score: face.score,
  };
}

/** The same faces seen in several looks become one; those not sure enough are dropped. */
function agreedFaces(looks: readonly (readonly Candidate[])[]): Candidate[] {
  const groups: Candidate[][] = [];
  for (const look of looks)
    for (const face of look) {
      const group = groups.find(([first]) => first !== undefined && isNear(first, face));
      if (group) group.push(face);
      else groups.push([face]);
    }
  const likely = looks.length === SIDES.length ? LIKELY_WHEN_FINE : LIKELY;
  return groups
    .filter((group) => {
      const [best = 0, second = 0] = group.map((face) => face.score).sort((a, b) => b - a);
      return best >= likely || best + second >= LIKELY_TOGETHER;
    })
    .map(average)
    .sort((a, b) => b.score - a.score);
}

/** Looser than an overlap: at the edge of what the network resolves, boxes of one face differ by a third in size. */
function isNear(a: Candidate, b: Candidate): boolean {
  const distance = Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2);
  const ratio = a.height / b.height;
  return distance < 0.45 * Math.min(a.height, b.height) && ratio > 0.5 && ratio < 2;
}

function wholeFace(box: Candidate, photo: Photo): Face {
  const boxX = box.x + box.width / 2;
  const boxY = box.y + (0.5 - CENTRE_ABOVE_BOX) * box.height;
  const centreX = boxX + TOWARDS_EARS_X * (box.earsX - boxX);
  const centreY = boxY + TOWARDS_EARS_Y * (box.earsY + CENTRE_BELOW_EARS * box.height - boxY);
  const left = Math.max(0, centreX - box.width / 2);
  const top = Math.max(0, centreY - (HEIGHT * box.height) / 2);
  const right = Math.min(photo.width, centreX + box.width / 2);
  const bottom = Math.min(photo.height, centreY + (HEIGHT * box.height) / 2);
  return { x: left, y: top, width: right - left, height: bottom - top, confidence: box.score };
}

const MODEL_FILE = "@mediapipe/face_detection/face_detection_full_range.tflite";
let network: Promise<FaceNetwork> | undefined;
let queue: Promise<unknown> = Promise.resolve();
/** Other requests of the process wait no longer than this for a turn. */
const TURN_MS = 4;

/** One at a time: the network's memory is shared. */
function answerTo(pixels: Pixels): Promise<Answer> {
  const answer = queue.then(async () => {
    network ??= loadNetwork();
    const run = (await network).run(pixels);
    let turnEnds = performance.now() + TURN_MS;
    for (let step = run.next(); ; step = run.next()) {
      if (step.done) return step.value;
      if (performance.now() < turnEnds) continue;
      await nextTurn();
      turnEnds = performance.now() + TURN_MS;
    }
  });
  queue = answer.catch(() => undefined);
  return answer;
}

async function loadNetwork(): Promise<FaceNetwork> {
  return new FaceNetwork(await readFile(packageFile(MODEL_FILE)));
}
