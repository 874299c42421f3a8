/** What two photos of a person are compared by. Sides in pixels, times in milliseconds. */
export type Candidate = { readonly side: number; readonly takenAt: number | null };

/** Nothing is looked for any more once a photo has this side: pages show 128, and twice that on fine screens. */
export const GOOD_SIDE = 200;

/**
 * True if `one` is better than `other`: the larger where either is small; where both are large enough, the one that is
 * known to be younger, else the larger.
 */
export function isBetterPhoto(one: Candidate, other: Candidate): boolean {
  if (Math.min(one.side, other.side) < GOOD_SIDE) return one.side > other.side;
  const age = (one.takenAt ?? 0) - (other.takenAt ?? 0);
  return one.takenAt !== null && other.takenAt !== null && age !== 0 ? age > 0 : one.side > other.side;
}
