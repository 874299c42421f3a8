/**
 * The personas of a workspace: what they are called, the files they were given, and what those say, in the database.
 * Files are read behind the scenes, each once, by one process at a time, and whoever dies over it is replaced; nobody
 * asks a persona of another workspace. How a persona answers is lib/personas' business.
 */
export type { KeptAnswer } from "./answers.ts";
export type { AskablePersona } from "./asking.ts";
export type { BuiltInFile } from "./built-in.ts";
export { createCorpora } from "./corpora.ts";
export { type Evaluation, MAX_EVALUATION_BYTES } from "./evaluations.ts";
export { createObjects } from "./objects.ts";
export { createPersonaStore } from "./persona-store.ts";
export type { NewPersona, PersonaRow, PersonaStatus, PersonaSummary } from "./personas.ts";
export type { ReadPersona } from "./readers.ts";
export { MAX_SOURCE_BYTES, type NewSource, type Source, type SourceStatus } from "./sources.ts";
