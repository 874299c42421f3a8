/** From the network's numbers to boxes: one candidate for each face, however many cells saw it. */
import { type Answer, BOX_CHANNELS } from "./network.ts";

/** A square around brows, chin and cheeks; in pixels of the picture that was run. */
export type Candidate = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Half way between the ears, visible or not: about the middle of the head, whichever way it is turned. */
  readonly earsX: number;
  readonly earsY: number;
  /** 0 to 1. */
  readonly score: number;
};

/** Pixels of the canvas between two cells. */
const CELL = 4;
/** Where a cell's numbers for the landmarks begin, x before y; the others are eyes, nose and mouth. */
const RIGHT_EAR = 12;
const LEFT_EAR = 14;
/** Boxes that share this much of their union are the same face; MediaPipe's own value. */
const SAME_FACE_OVERLAP = 0.3;

/** Best first. Boxes of the same face are averaged by score, as MediaPipe does: steadier than the best one alone. */
export function candidatesIn(answer: Answer, minScore: number): Candidate[] {
  let left = everyCell(answer, minScore).sort((a, b) => b.score - a.score);
  const faces: Candidate[] = [];
  for (let best = left[0]; best !== undefined; best = left[0]) {
    const face = best;
    const isSame = (other: Candidate): boolean => other === face || overlap(face, other) > SAME_FACE_OVERLAP;
    faces.push({ ...average(left.filter(isSame)), score: face.score });
    left = left.filter((other) => !isSame(other));
  }
  return faces;
}

function everyCell(answer: Answer, minScore: number): Candidate[] {
  const found: Candidate[] = [];
  const cells = answer.scores.length / answer.scoreChannels;
  for (let cell = 0; cell < cells; cell++) {
    const score = 1 / (1 + Math.exp(-(answer.scores[cell * answer.scoreChannels] ?? 0)));
    if (score < minScore) continue;
    const cellX = ((cell % answer.columns) + 0.5) * CELL - answer.left;
    const cellY = (Math.floor(cell / answer.columns) + 0.5) * CELL - answer.top;
    const value = (channel: number): number => answer.boxes[cell * BOX_CHANNELS + channel] ?? 0;
    const width = value(2);
    const height = value(3);
    found.push({
      x: cellX + value(0) - width / 2,
      y: cellY + value(1) - height / 2,
      width,
      height,
      earsX: cellX + (value(RIGHT_EAR) + value(LEFT_EAR)) / 2,
      earsY: cellY + (value(RIGHT_EAR + 1) + value(LEFT_EAR + 1)) / 2,
      score,
    });
  }
  return found;
}

/** Mean of the boxes, weighted by score; the score is the best one's. */
export function average(boxes: readonly Candidate[]): Candidate {
  const total = boxes.reduce((sum, box) => sum + box.score, 0);
  const mean = (value: (box: Candidate) => number): number =>
    boxes.reduce((sum, box) => sum + value(box) * box.score, 0) / total;
  return {
    x: mean((box) => box.x),
    y: mean((box) => box.y),
    width: mean((box) => box.width),
    height: mean((box) => box.height),
    earsX: mean((box) => box.earsX),
    earsY: mean((box) => box.earsY),
    score: Math.max(...boxes.map((box) => box.score)),
  };
}

/** Shared area as a part of the union, 0 to 1. */
export function overlap(a: Candidate, b: Candidate): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
