import type { Passage } from "../passages/passage.ts";
import { stem } from "../text/stem.ts";
import { contentWords } from "../text/tokenise.ts";
import { GrowingArray } from "./growing-array.ts";
import { encodeSections } from "./sections-file.ts";

/** Layout and meaning of the index; tokens, stems and passages are part of it. */
export const INDEX_FORMAT = "avatar-index 1";

export type IndexMeta = {
  /** In the order of the passages: which document each run of passages is of. */
  documents: { id: string; passages: number }[];
  /** Content words of a passage, in the mean. */
  averageLength: number;
};

/**
 * Collects passages and makes the lexical index of them: for each stem where it occurs, and for each sentence which
 * stems it has. Passages of one document come one after the other.
 */
export function createIndexBuilder() {
  const ids = new Map<string, number>();
  /** For each stem its written forms and how often each was seen. */
  const surfaces: Map<string, number>[] = [];
  const postings: GrowingArray[] = [];
  const counts: GrowingArray[] = [];
  const lengths = new GrowingArray();
  const passageSentences = new GrowingArray();
  const sentenceTokens = new GrowingArray();
  const tokens = new GrowingArray();
  const documents: IndexMeta["documents"] = [];

  function idOf(word: string): number {
    const key = stem(word);
    let id = ids.get(key);
    if (id === undefined) {
      id = ids.size;
      ids.set(key, id);
      surfaces.push(new Map());
      postings.push(new GrowingArray());
      counts.push(new GrowingArray());
    }
    const forms = surfaces[id];
    forms?.set(word, (forms.get(word) ?? 0) + 1);
    return id;
  }

  return {
    add(passage: Passage): void {
      const last = documents.at(-1);
      if (last?.id === passage.documentId) last.passages++;
      else documents.push({ id: passage.documentId, passages: 1 });
      const number = lengths.length;
      passageSentences.push(sentenceTokens.length);
      const found = new Map<number, number>();
      let length = 0;
      for (const { start, end } of passage.sentences) {
        sentenceTokens.push(tokens.length);
        for (const word of contentWords(passage.text.slice(start, end))) {
          const id = idOf(word);
          tokens.push(id);
          found.set(id, (found.get(id) ?? 0) + 1);
          length++;
        }
      }
      lengths.push(length);
      for (const [id, count] of found) {
        postings[id]?.push(number);
        counts[id]?.push(Math.min(count, 65_535));
      }
    },

    /** The index as one file. */
    encode(): Uint8Array {
      passageSentences.push(sentenceTokens.length);
      sentenceTokens.push(tokens.length);
      const starts = new Uint32Array(ids.size + 1);
      for (const [id, list] of postings.entries()) starts[id + 1] = (starts[id] ?? 0) + list.length;
      const total = starts[ids.size] ?? 0;
      const inPassages = new Uint32Array(total);
      const howOften = new Uint16Array(total);
      for (const [id, list] of postings.entries()) {
        inPassages.set(list.view(), starts[id]);
        howOften.set(counts[id]?.view() ?? [], starts[id]);
      }
      const lengthSum = lengths.view().reduce((sum, length) => sum + length, 0);
      const meta: IndexMeta = { documents, averageLength: lengthSum / Math.max(1, lengths.length) };
      const text = (lines: Iterable<string>) => new TextEncoder().encode([...lines].join("\n"));
      return encodeSections(INDEX_FORMAT, meta, {
        stems: text(ids.keys()),
        surfaces: text(surfaces.map(mostUsed)),
        starts,
        inPassages,
        howOften,
        lengths: lengths.view().slice(),
        passageSentences: passageSentences.view().slice(),
        sentenceTokens: sentenceTokens.view().slice(),
        tokens: tokens.view().slice(),
      });
    },
  };
}

function mostUsed(forms: ReadonlyMap<string, number>): string {
  return [...forms].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}
