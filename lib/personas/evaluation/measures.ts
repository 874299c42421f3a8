/** Ranks count from 1; null is never. */
export type Ranks = readonly (number | null)[];

/** Share of the wanted that is among the first `count`. */
export function recallAt(count: number, ranks: Ranks): number {
  return ranks.filter((rank) => rank !== null && rank <= count).length / Math.max(1, ranks.length);
}

/** Normalised discounted cumulative gain of equal gains (Järvelin & Kekäläinen 2002). */
export function ndcgAt(count: number, ranks: Ranks): number {
  const gain = (rank: number) => 1 / Math.log2(rank + 1);
  const got = ranks.reduce<number>((sum, rank) => sum + (rank !== null && rank <= count ? gain(rank) : 0), 0);
  let ideal = 0;
  for (let rank = 1; rank <= Math.min(count, ranks.length); rank++) ideal += gain(rank);
  return ideal === 0 ? 0 : got / ideal;
}

/**
 * Expected calibration error over ten bins: how far the mean score of a bin is from the share of it that is relevant,
 * weighed by the size of the bin.
 */
export function calibrationError(scored: readonly { score: number; relevant: boolean }[]): number {
  const bins = Array.from({ length: 10 }, () => ({ scores: 0, relevant: 0, count: 0 }));
  for (const { score, relevant } of scored) {
    const bin = bins[Math.min(9, Math.floor(score * 10))];
    if (!bin) continue;
    bin.scores += score;
    bin.relevant += relevant ? 1 : 0;
    bin.count++;
  }
  return bins.reduce((sum, { scores, relevant }) => sum + Math.abs(scores - relevant), 0) / Math.max(1, scored.length);
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** Words alone, as two texts are compared that came from different files. */
export function plain(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
