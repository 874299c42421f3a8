import type { z } from "zod";
import { PersonaError } from "../problem.ts";
import { listIssues, parseJson } from "./config.ts";
import { flag, listOf, name, objectOf, text, texts, wholeNumber } from "./fields.ts";

/** A source as sources.json describes it, in either version of the original; unknown keys are kept. */
const Source = objectOf({
  // It names a file.
  id: name.regex(/^[^/\\\0]+$/, "must not contain slashes"),
  title: name,
  authors: texts.default([]),
  year: wholeNumber.nullish(),
  type: text.nullish(),
  url: text.nullish(),
  archive_url: text.nullish(),
  archiveUrl: text.nullish(),
  path: text.optional(),
  format: text.nullish(),
  priority: text.nullish(),
  verified: flag.optional(),
});
export type Source = z.output<typeof Source>;

const SourceManifest = objectOf({
  avatar: text.optional(),
  corpus_description: text.optional(),
  last_updated: text.optional(),
  corpus_root: text.optional(),
  sources: listOf(Source),
});
export type SourceManifest = z.output<typeof SourceManifest>;

/** Throws PersonaError `broken_config`, which names every problem with its path. */
export function parseManifest(source: string, file: string): SourceManifest {
  const parsed = SourceManifest.safeParse(parseJson(source, file));
  if (!parsed.success) throw new PersonaError("broken_config", { file, problems: listIssues(parsed.error) });
  const seen = new Set<string>();
  const twice = parsed.data.sources.flatMap(({ id }, at) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [`- sources[${at}].id: ${id} is there twice`];
  });
  if (twice.length > 0) throw new PersonaError("broken_config", { file, problems: twice.join("\n") });
  return parsed.data;
}
