import { readFile } from "node:fs/promises";
import { MAX_EVALUATION_BYTES, MAX_SOURCE_BYTES } from "#lib/corpora";
import type { Upload } from "./uploads.ts";

export const PERSONA_UPLOADS: Readonly<Record<string, Upload>> = {
  "persona-source": {
    maxBytes: MAX_SOURCE_BYTES,
    async run({ personas }, viewer, organizationId, file, fields) {
      // Who may is asked before the file is read into memory.
      const persona = await personas.get(viewer, organizationId, fields.get("persona") ?? "");
      const title = fields.get("title") ?? undefined;
      const source = { fileName: file.name || "file.txt", title };
      await personas.addSource(viewer, organizationId, persona.id, source, await readFile(file.path));
      return `/${organizationId}/personas/${persona.id}?done=persona-source`;
    },
  },
  "persona-evaluation": {
    maxBytes: MAX_EVALUATION_BYTES,
    async run({ personas }, viewer, organizationId, file, fields) {
      const persona = await personas.get(viewer, organizationId, fields.get("persona") ?? "");
      const questions = { fileName: file.name || "questions.jsonl", bytes: await readFile(file.path) };
      await personas.evaluate(viewer, organizationId, persona.id, questions);
      return `/${organizationId}/personas/${persona.id}/evaluation?done=persona-evaluation`;
    },
  },
};
