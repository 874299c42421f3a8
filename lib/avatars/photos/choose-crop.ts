import type { Face } from "./detect-faces.ts";

/** A square within the picture, in whole pixels. */
export type Crop = { readonly left: number; readonly top: number; readonly side: number };

/** The face's part of the square's side, where the picture is large enough. */
const FACE_SHARE = 0.5;
/** A square near the edge may shrink to this many times the face before it is moved off the face's centre. */
const CLOSEST = 1.25;
/** Off the centre by this part of the side is not seen, and spares a square near the edge from shrinking so far. */
const UNSEEN_OFFSET = 0.03;
/** Areas that differ by less than this are equally large: the detector is no more exact. */
const SAME_AREA = 0.05;

/** The square around the main face; null if there is no face. */
export function chooseCrop(width: number, height: number, faces: readonly Face[]): Crop | null {
  const face = mainFace(width, height, faces);
  if (!face) return null;
  const x = face.x + face.width / 2;
  const y = face.y + face.height / 2;
  const extent = Math.max(face.width, face.height);
  const largest = Math.min(width, height);
  const toEdge = Math.min(x, width - x, y, height - y);
  const centred = toEdge / (0.5 - UNSEEN_OFFSET);
  const side = Math.min(extent / FACE_SHARE, Math.max(centred, extent * CLOSEST));
  // Whole pixels outside the face, so that rounding never cuts it.
  const needed = Math.max(span(face.x, face.width), span(face.y, face.height));
  const whole = Math.min(largest, Math.max(needed, Math.round(side)));
  return {
    left: place(x, face.x, face.width, whole, width),
    top: place(y, face.y, face.height, whole, height),
    side: whole,
  };
}

/** Largest first; of equally large ones the surer, then the more central. */
function mainFace(width: number, height: number, faces: readonly Face[]): Face | undefined {
  const area = (face: Face): number => face.width * face.height;
  const largest = Math.max(...faces.map(area));
  const fromCentre = (face: Face): number =>
    Math.hypot(face.x + face.width / 2 - width / 2, face.y + face.height / 2 - height / 2);
  return faces
    .filter((face) => area(face) >= largest * (1 - SAME_AREA))
    .toSorted((a, b) => tenths(b.confidence) - tenths(a.confidence) || fromCentre(a) - fromCentre(b))[0];
}

/** Confidences closer than this say nothing. */
function tenths(confidence: number): number {
  return Math.round(confidence * 10);
}

function span(start: number, length: number): number {
  return Math.ceil(start + length) - Math.floor(start);
}

/** Where the square starts along one axis: centred if that fits, else moved as far as it must to hold the face. */
function place(centre: number, start: number, length: number, side: number, limit: number): number {
  const ideal = Math.round(centre - side / 2);
  const first = Math.ceil(start + length) - side;
  const last = Math.floor(start);
  // A face longer than the square is cut alike on both sides.
  const holding = first > last ? ideal : Math.max(first, Math.min(last, ideal));
  return Math.max(0, Math.min(limit - side, holding));
}
