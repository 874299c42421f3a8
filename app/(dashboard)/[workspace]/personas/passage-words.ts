/** How many passages, in words. */
export function passageWords(count: number): string {
  return count === 1 ? "one passage" : `${count.toLocaleString("en")} passages`;
}
