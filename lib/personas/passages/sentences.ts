/** Abbreviations that end with a full stop and yet end no sentence. */
const ABBREVIATION =
  /(?:^|[\s("'“‘])(?:Mr|Mrs|Ms|Dr|Prof|St|Messrs|Rev|Gen|Gov|Col|Capt|Lieut|Sgt|Hon|Pres|Sen|Jr|Sr|viz|vol|vols|ver|chap|ch|No|Nos|Fig|fig|pp|p|ed|eds|vs|cf|ca|c|al|Inc|Ltd|Co|i\.e|e\.g|[A-Z]|[IVX]+)\.\s*$/;
// A sentence goes on in lower case, or closes with what stands behind the full stop.
const GOES_ON = /^\s*(?:[\p{Ll}]|[,;:)\]])/u;

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** The sentences of a paragraph as `[start, end)` offsets in UTF-16 units, without the white space between them. */
export function splitSentences(text: string): [start: number, end: number][] {
  const spans: [number, number][] = [];
  for (const { segment, index } of segmenter.segment(text)) {
    const last = spans.at(-1);
    if (last && (GOES_ON.test(segment) || ABBREVIATION.test(text.slice(last[0], index))))
      last[1] = index + segment.length;
    else spans.push([index, index + segment.length]);
  }
  return spans.map((span) => trimmed(text, span)).filter(([start, end]) => end > start);
}

function trimmed(text: string, [from, to]: [number, number]): [number, number] {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(text.charAt(start))) start++;
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  return [start, end];
}
