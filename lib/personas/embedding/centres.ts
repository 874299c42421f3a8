import { readFileSync } from "node:fs";
import path from "node:path";
import { decodeSections } from "../retrieval/sections-file.ts";
import { ENCODER_ID } from "./sentence-encoder.ts";

// A bundle has no directory of its own; it is started in the project's.
const FILE = path.join(import.meta.dirname ?? "lib/personas/embedding", "centres.bin");

/** What questions, and what statements, have in common in the shipped model. */
export type Centres = { questions: Float32Array; statements: Float32Array };

let loaded: Centres | null = null;

/** Null for another model: its vectors are compared as they are. */
export function centresOf(embedder: string): Centres | null {
  if (embedder !== ENCODER_ID) return null;
  loaded ??= read();
  return loaded;
}

function read(): Centres {
  const sections = decodeSections(readFileSync(FILE), `centres ${ENCODER_ID}`);
  if (!sections) throw new Error(`${FILE} is of another model`);
  return {
    questions: sections.get("questions", "Float32Array"),
    statements: sections.get("statements", "Float32Array"),
  };
}
