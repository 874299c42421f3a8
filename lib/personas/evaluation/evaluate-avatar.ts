import { type Answer, answerQuestion } from "../answer/answer.ts";
import { readQuestion } from "../answer/question.ts";
import type { AvatarConfig } from "../avatar/config.ts";
import type { Citation } from "../grounding/cite.ts";
import type { Passage } from "../passages/passage.ts";
import { type Embedders, openCorpus } from "../retrieval/corpus.ts";
import { openIndex } from "../retrieval/open-index.ts";
import { scoreHits } from "../retrieval/rank.ts";
import type { PersonaStore } from "../store/store.ts";
import { plain, type Ranks } from "./measures.ts";
import { bm25Ranks } from "./plain-bm25.ts";
import type { EvaluationQuestion } from "./question-file.ts";
import { type EvaluationReport, type Observation, summarise } from "./report.ts";

const LOOKED_AT = 10;
const SCORED = 5;

type Gold = EvaluationQuestion["gold"][number];

/** Asks an avatar every question of its evaluation file. Throws PersonaError when the corpus cannot be read. */
export async function evaluateAvatar(
  config: AvatarConfig,
  store: PersonaStore,
  embedders: Embedders,
  questions: readonly EvaluationQuestion[],
  onProgress?: (done: number) => void,
): Promise<EvaluationReport> {
  const corpus = openCorpus(store, config.id, embedders);
  const index = await openIndex(store, config.id);
  const texts = await readTexts(store);
  const observations: Observation[] = [];
  let vectors = false;
  let led = false;
  const notices = new Set<string>();
  const report = (sentence: string) => void notices.add(sentence);
  for (const question of questions) {
    const { search } = readQuestion(question.question, question.context);
    const groups = question.gold.map((gold) => texts.holding(gold).flatMap((id) => index.numberOf(id) ?? []));
    const started = performance.now();
    const found = await corpus.find(search, LOOKED_AT, report);
    const queried = performance.now();
    const answer = await answerQuestion({ config, corpus, report }, question.question, question);
    const answered = performance.now();
    led ||= found.lead !== null;
    vectors = led || found.dense;
    const wanted = new Set(groups.flat());
    const scores = scoreHits(found.hits, { dense: found.dense, lead: found.lead !== null });
    const own = found.hits.map(({ passage }) => passage);
    observations.push({
      kind: question.kind,
      style: question.style ?? null,
      ranks:
        wanted.size === 0
          ? null
          : {
              ours: bestRanks(question, groups, (numbers) => numbers.map((number) => own.indexOf(number) + 1 || null)),
              bm25: bestRanks(question, groups, (numbers) => bm25Ranks(index, search, numbers)),
            },
      scored: own.slice(0, SCORED).map((passage, at) => ({ score: scores[at] ?? 0, relevant: wanted.has(passage) })),
      answer,
      holds: holds(question, answer),
      obeyed: !answer.refusal && question.must_not_include.some((text) => includes(answer.response, text)),
      quotes: answer.citations.map((citation) => ({
        verbatim: texts.says(citation),
        page: rightPage(citation, question.gold),
      })),
      milliseconds: { query: queried - started, answer: answered - queried },
    });
    onProgress?.(observations.length);
  }
  const lead = led ? (embedders.lead?.lead?.name ?? null) : null;
  return summarise(observations, { vectors, lead, notices: [...notices] });
}

/** Each place of a quote is as good as another; in mode `any` so is each quote. */
function bestRanks(
  { gold_mode: mode }: EvaluationQuestion,
  groups: readonly number[][],
  ranksOf: (numbers: readonly number[]) => Ranks,
): Ranks {
  const best = (numbers: readonly number[]) =>
    ranksOf(numbers).reduce<number | null>(
      (least, rank) => (rank !== null && (least === null || rank < least) ? rank : least),
      null,
    );
  return mode === "any" ? [best(groups.flat())] : groups.map(best);
}

function holds(question: EvaluationQuestion, { response, refusal }: Answer): boolean | null {
  if (question.must_include.length === 0 || refusal) return null;
  return question.must_include.every((text) => includes(response, text));
}

function includes(response: string, text: string): boolean {
  return response.toLowerCase().includes(text.toLowerCase());
}

/** Null where the evaluation file does not know the quote's page. */
function rightPage(citation: Citation, gold: readonly Gold[]): boolean | null {
  const quote = plain(citation.quote);
  const known = gold.filter((each) => quote.includes(plain(each.quote)) || plain(each.quote).includes(quote));
  if (known.length === 0 || (citation.page === null && citation.page_label === null)) return null;
  return known.some(({ page, page_end: end, label, label_end: labelEnd }) => {
    // A sentence may begin on the page before the words that are asked for.
    const near = page !== null && page !== undefined && citation.page !== null && citation.page === page - 1;
    const within = citation.page !== null && page != null && citation.page >= page && citation.page <= (end ?? page);
    return within || (label != null && (citation.page_label === label || citation.page_label === labelEnd)) || near;
  });
}

/** The texts of the corpus, to look quotes up in. */
async function readTexts(store: PersonaStore) {
  const passages: { passage: Passage; text: string }[] = [];
  const titles = new Map<string, string>();
  for (const document of await store.documents()) {
    titles.set(document.id, plain(document.title));
    for (const passage of await store.documentPassages(document.id))
      passages.push({ passage, text: ` ${plain(passage.text)} ` });
  }
  const byId = new Map(passages.map(({ passage }) => [passage.id, passage]));
  return {
    /** The passages that have the quote; where it runs over the end of one, both. */
    holding({ quote, document_id: id, document }: Gold): string[] {
      const wanted = ` ${plain(quote)} `;
      const own = passages.filter(
        ({ passage }) => passage.documentId === id || (document && titles.get(passage.documentId) === plain(document)),
      );
      const whole = own.filter(({ text }) => text.includes(wanted));
      if (whole.length > 0) return whole.map(({ passage }) => passage.id);
      return own.flatMap(({ passage, text }, at) => {
        const next = own[at + 1];
        const over = next?.passage.documentId === passage.documentId && (text + next.text.slice(1)).includes(wanted);
        return over && next ? [passage.id, next.passage.id] : [];
      });
    },
    /** Whether the passage that is cited has these words, letter for letter. */
    says: ({ passage_id: id, quote }: Citation) => byId.get(id)?.text.includes(quote) ?? false,
  };
}
