/**
 * Conversational avatars: a person's writings in, cited answers out. Every sentence of an answer is the corpus's own,
 * with its page, or was checked against it; what the corpus does not say is not said. Knows no HTTP, no MCP and no
 * database: a corpus is kept behind PersonaStore, of which a folder is one.
 */
export { createAiWriter, type WriterSettings } from "./answer/ai-writer.ts";
export type { Answer, AskOptions } from "./answer/answer.ts";
export type { Turn } from "./answer/question.ts";
export type { Writer } from "./answer/writer.ts";
export { type AvatarConfig, parseConfig, VOICES, type Voice, wantedTools } from "./avatar/config.ts";
export { type AvatarFolder, indexDirectory, listAvatars, openAvatarFolder, readManifest } from "./avatar/folder.ts";
export { createAiEmbedder, type EmbedderSettings } from "./embedding/ai-embedder.ts";
export { embedCorpus } from "./embedding/embed-corpus.ts";
export type { Embedder } from "./embedding/embedder.ts";
export {
  chooseWordsAlone,
  isWordsAlone,
  makeVectors,
  makeVectorsInBackground,
} from "./embedding/make-vectors.ts";
export { createShippedEmbedder } from "./embedding/shipped-embedder.ts";
export { evaluateAvatar } from "./evaluation/evaluate-avatar.ts";
export { evaluateSet } from "./evaluation/evaluate-set.ts";
export { type EvaluationQuestion, parseQuestions, parseSet } from "./evaluation/question-file.ts";
export { type EvaluationReport, printReport } from "./evaluation/report.ts";
export { type Citation, shortReference } from "./grounding/cite.ts";
export type { DocumentStatus } from "./ingest/document.ts";
export { type Ingested, ingestSource, type SourceFacts } from "./ingest/ingest.ts";
export { type ProcessReport, type Progress, processFolder } from "./ingest/process-folder.ts";
export { listen, OPERATIONS, type Operation } from "./operations.ts";
export { type Passage, parsePassageId, type Sentence } from "./passages/passage.ts";
export { splitSentences } from "./passages/sentences.ts";
export { createPersona, type FoundPassage, type Persona, type PersonaInfo } from "./persona.ts";
export { PersonaError, type ProblemCode } from "./problem.ts";
export type { Embedders } from "./retrieval/corpus.ts";
export { rebuildIndex } from "./retrieval/rebuild-index.ts";
export { createFolderStore } from "./store/folder-store.ts";
export { derivedOfDocument, type PersonaStore, type StoredDocument } from "./store/store.ts";
