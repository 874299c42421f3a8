import { CORRECTABLE_FACTS, CSV_FIELDS, type CsvField, TEXT_ENCODINGS } from "#lib/profiles";
import type { Act } from "./act.ts";

/** What pages say after acts and uploads that can end in several ways. */
export const PEOPLE_SENTENCES: Readonly<Record<string, string>> = {
  "recheck-not-due":
    "They were not asked for again: they were looked up within the last hour, or no provider is configured.",
  "own-photo": "The photo is shown for them in this workspace now.",
};

const username = (fields: URLSearchParams): string => fields.get("username") ?? "";

/** The fields `column-0`, `column-1` … of the form, by column. */
function chosenColumns(fields: URLSearchParams) {
  const columns: (CsvField | null)[] = [];
  for (const [name, value] of fields) {
    const at = /^column-(\d{1,4})$/.exec(name)?.[1];
    if (at !== undefined) columns[Number(at)] = CSV_FIELDS.find((one) => one === value) ?? null;
  }
  const encoding = TEXT_ENCODINGS.find((one) => one === fields.get("encoding"));
  return { fields: Array.from(columns, (field) => field ?? null), encoding };
}

export const PEOPLE_ACTS: Readonly<Record<string, Act>> = {
  "import-columns": {
    done: "Below is what would come of it.",
    async run({ imports }, viewer, organizationId, fields) {
      const id = fields.get("id") ?? "";
      const chosen = chosenColumns(fields);
      // What was chosen stays on the page also when it is not enough to begin.
      await imports.mapping.set(viewer, organizationId, id, chosen);
      if (fields.get("then") !== "begin") return undefined;
      await imports.mapping.begin(viewer, organizationId, id, chosen);
      return undefined;
    },
  },
  "discard-import": {
    done: "The file is discarded. Nothing of it was imported.",
    async run({ imports }, viewer, organizationId, fields) {
      await imports.mapping.discard(viewer, organizationId, fields.get("id") ?? "");
      return { to: `/${organizationId}/people/import` };
    },
  },
  "load-samples": {
    done: "The sample people are here. They exist nowhere, and one press takes them away again.",
    async run({ imports }, viewer, organizationId) {
      await imports.samples.load(viewer, organizationId);
      return undefined;
    },
  },
  "remove-samples": {
    done: "The sample people are gone.",
    async run({ imports }, viewer, organizationId) {
      await imports.samples.remove(viewer, organizationId);
      return undefined;
    },
  },
  "suppress-person": {
    done: "They are shown as initials in this workspace now, and what was imported of them is deleted.",
    async run({ profiles }, viewer, organizationId, fields) {
      await profiles.people.suppress(viewer, organizationId, username(fields), fields.get("reason") ?? "");
      return undefined;
    },
  },
  "unsuppress-person": {
    done: "They may be shown in this workspace again. What was deleted does not come back by itself.",
    async run({ profiles }, viewer, organizationId, fields) {
      await profiles.people.unsuppress(viewer, organizationId, username(fields));
      return undefined;
    },
  },
  "delete-person": {
    done: "The person is deleted from this workspace.",
    async run({ profiles }, viewer, organizationId, fields) {
      await profiles.people.delete(viewer, organizationId, username(fields));
      return { to: `/${organizationId}/people` };
    },
  },
  "recheck-person": {
    done: "They are being looked up. A photo that is found shows here by itself.",
    async run({ profiles }, viewer, organizationId, fields) {
      const queued = await profiles.people.recheck(viewer, organizationId, username(fields));
      return queued ? undefined : { done: "recheck-not-due" };
    },
  },
  "correct-person": {
    done: "What this workspace says of them is saved. It is told in this workspace alone, from now on.",
    async run({ profiles }, viewer, organizationId, fields) {
      const said = CORRECTABLE_FACTS.filter((name) => fields.has(name)).map((name) => [name, fields.get(name) || null]);
      await profiles.people.correct(viewer, organizationId, username(fields), Object.fromEntries(said));
      return undefined;
    },
  },
  "uncorrect-person": {
    done: "What this workspace said of them is taken back.",
    async run({ profiles }, viewer, organizationId, fields) {
      const all = Object.fromEntries(CORRECTABLE_FACTS.map((name) => [name, null]));
      await profiles.people.correct(viewer, organizationId, username(fields), all);
      return undefined;
    },
  },
  "remove-own-photo": {
    done: "The photo is removed.",
    async run({ profiles }, viewer, organizationId, fields) {
      await profiles.people.removeOwnPhoto(viewer, organizationId, username(fields));
      return undefined;
    },
  },
};
