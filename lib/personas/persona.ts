import { type Answer, type AskOptions, answerQuestion } from "./answer/answer.ts";
import type { Writer } from "./answer/writer.ts";
import type { AvatarConfig } from "./avatar/config.ts";
import type { Embedder } from "./embedding/embedder.ts";
import { createShippedEmbedder } from "./embedding/shipped-embedder.ts";
import { locationOf } from "./grounding/cite.ts";
import { type CorpusOptions, openCorpus, type Report } from "./retrieval/corpus.ts";
import { scoreHits } from "./retrieval/rank.ts";
import type { PersonaStore } from "./store/store.ts";

export type FoundPassage = {
  content: string;
  /** The title of the work. */
  source: string;
  page: number | null;
  page_label: string | null;
  location: string | null;
  /** How likely the passage is relevant, 0 to 1. */
  score: number;
  year: number | null;
  document_id: string;
  passage_id: string;
};

export type PersonaInfo = {
  id: string;
  name: string;
  description: string;
  expertise: string[];
  /** Words. */
  corpus_size: number;
  document_count: number;
};

export type QueryOptions = { limit?: number; threshold?: number; report?: Report | undefined };

/** An avatar that can be asked. Everything throws PersonaError when the corpus cannot be read. */
export type Persona = {
  readonly config: AvatarConfig;
  /** `limit` passages at most, best first, none below `threshold`. */
  query: (text: string, options?: QueryOptions) => Promise<FoundPassage[]>;
  answer: (question: string, options?: AskOptions) => Promise<Answer>;
  info: () => Promise<PersonaInfo>;
};

export type PersonaOptions = CorpusOptions & {
  /** A model that somebody chose: where the index has its vectors, it leads what is found. */
  embedder?: Embedder | null;
  /** A model that writes answers, each of whose claims is checked; without one, answers are made of quotes. */
  writer?: Writer | null;
};

/** The index is read with the first question, and again after the corpus changed. */
export function createPersona(config: AvatarConfig, store: PersonaStore, options: PersonaOptions = {}): Persona {
  const corpus = openCorpus(store, config.id, { shipped: createShippedEmbedder(), lead: options.embedder }, options);
  let told = "";
  /** To whoever asked each time, to the log when there is something new. */
  const reportTo =
    (own: Report | undefined): Report =>
    (sentence, reason) => {
      own?.(sentence);
      const whole = reason ? `${sentence} ${reason}` : sentence;
      if (whole !== told) options.report?.(whole);
      told = whole;
    };
  return {
    config,

    async query(text, { limit = 5, threshold = 0.7, report } = {}) {
      // The best one's lead is part of its score, so there must be a second.
      const { hits, passages, documents, dense, lead } = await corpus.find(text, Math.max(2, limit), reportTo(report));
      const scores = scoreHits(hits, { dense, lead: lead !== null });
      return passages.slice(0, limit).flatMap((passage, at): FoundPassage[] => {
        const score = Math.round((scores[at] ?? 0) * 1_000) / 1_000;
        if (score < threshold) return [];
        const document = documents.get(passage.documentId);
        const place = passage.sentences[0]?.place ?? { page: null, label: null, location: null };
        return [
          {
            content: passage.text,
            source: document?.title ?? passage.documentId,
            page: place.page,
            page_label: place.label,
            location: locationOf(passage.section, place),
            score,
            year: document?.year ?? null,
            document_id: passage.documentId,
            passage_id: passage.id,
          },
        ];
      });
    },

    answer: (question, ask) =>
      answerQuestion({ config, corpus, writer: options.writer, report: reportTo(ask?.report) }, question, ask),

    async info() {
      const ready = (await store.documents()).filter(({ status }) => status === "ready");
      return {
        id: config.id,
        name: config.name,
        description: config.description,
        expertise: config.expertise,
        corpus_size: ready.reduce((sum, { words }) => sum + words, 0),
        document_count: ready.length,
      };
    },
  };
}
