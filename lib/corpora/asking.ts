import { LRUCache } from "lru-cache";
import {
  createPersona,
  type Embedder,
  type Passage,
  type Persona,
  PersonaError,
  type PersonaStore,
} from "#lib/personas";
import type { Database } from "#lib/platform/db";
import { AppError, isAppError } from "#lib/platform/errors";
import type { Log } from "#lib/platform/log";
import type { createPersonas, PersonaRow } from "./personas.ts";

/** Of indices that are kept in memory, as their files count; what asks for more is read anew with each question. */
const MEMORY_BYTES = 64 * 1024 * 1024;
/** Of a persona that was not asked yet. */
const UNOPENED_BYTES = 64 * 1024;

/** A persona that answers. Its functions throw AppError, and PersonaError `invalid_input` for what a caller sent. */
export type AskablePersona = PersonaRow & Persona & { passages: (ids: readonly string[]) => Promise<Passage[]> };

type Opened = { persona: Persona; config: string; bytes: () => number };

/**
 * Personas for whoever asks. An index is read with the first question to it and stays while there is room; a corpus that
 * changed meanwhile is taken up with the next question.
 */
export function createAsking(options: {
  db: Database;
  personas: Pick<ReturnType<typeof createPersonas>, "find">;
  storeOf: (persona: PersonaRow) => PersonaStore;
  /** Tells the worker that an index is to be made anew. */
  wake: () => void;
  /** The model that leads the search; null for the shipped one. */
  lead: Embedder | null;
  log: Log;
  memoryBytes?: number | undefined;
}) {
  const { db, personas, storeOf, wake, lead, log, memoryBytes = MEMORY_BYTES } = options;
  const opened = new LRUCache<string, Opened>({
    maxSize: memoryBytes,
    // The largest alone may fill it: it is better kept than read with each question.
    sizeCalculation: (one) => Math.min(Math.max(one.bytes(), UNOPENED_BYTES), memoryBytes),
  });

  function open(row: PersonaRow): Opened {
    const config = JSON.stringify(row.config);
    const known = opened.get(row.id);
    if (known?.config === config) return known;
    const store = storeOf(row);
    const sizes = new Map<string, number>();
    const counting: PersonaStore = {
      ...store,
      async readDerived(name) {
        const bytes = await store.readDerived(name);
        sizes.set(name, bytes?.length ?? 0);
        return bytes;
      },
    };
    const bytes = () => [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const report = (sentence: string) => log.warn({ persona: row.id }, sentence);
    const incomplete = () => void askForVectors(row.id).catch(() => undefined);
    const fresh = {
      persona: createPersona(row.config, counting, { embedder: lead, incomplete, report }),
      config,
      bytes,
    };
    opened.set(row.id, fresh);
    return fresh;
  }

  /** Of a model that was chosen since, or that were given up. */
  async function askForVectors(id: string): Promise<void> {
    const rows = await db.query(
      `update persona set vectors_revision = -1
       where id = $1 and built_in is null and revision > 0 and vectors_revision >= revision returning id`,
      [id],
    );
    if (rows.length > 0) wake();
  }

  async function ask<Result>(row: PersonaRow, run: (persona: Persona) => Promise<Result>): Promise<Result> {
    const one = open(row);
    const before = one.bytes();
    try {
      return await run(one.persona);
    } catch (error) {
      throw await translated(row, error);
    } finally {
      if (one.bytes() !== before && opened.peek(row.id) === one) opened.set(row.id, one);
    }
  }

  async function translated(row: PersonaRow, error: unknown): Promise<unknown> {
    if (!(error instanceof PersonaError)) return error;
    const { id } = row;
    switch (error.code) {
      case "store_unavailable":
        if (isAppError(error.cause)) return error.cause;
        return new AppError("persona_not_found", { fields: { id }, cause: error });
      // Its file is lost, damaged or of another version of this program.
      case "not_processed":
      case "old_index":
      case "broken_index":
        await db.query(
          `update persona set indexed_revision = -1
           where organization_id is not distinct from $1 and id = $2 and revision > 0 and indexed_revision >= revision`,
          [row.organizationId, id],
        );
        wake();
        return new AppError("persona_not_ready", { cause: error });
      case "empty_corpus":
        return new AppError("persona_not_ready", { cause: error });
      default:
        return error;
    }
  }

  return {
    /** The persona of an organization, by its id or its slug; nothing is read yet. Throws AppError `persona_not_found`. */
    async persona(organizationId: string, idOrSlug: string): Promise<AskablePersona> {
      const row = await personas.find(organizationId, idOrSlug);
      return {
        ...row,
        query: (text, options) => ask(row, (persona) => persona.query(text, options)),
        answer: (question, options) => ask(row, (persona) => persona.answer(question, options)),
        passages: (ids) => ask(row, () => storeOf(row).passages(ids)),
        info: () => ask(row, (persona) => persona.info()),
      };
    },
    /** For tests: what is kept in memory. */
    kept: () => ({ personas: opened.size, bytes: opened.calculatedSize }),
  };
}
