import { requireRole, type Viewer } from "#lib/organizations";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { KeptFiles } from "#lib/platform/kept-files";
import { type CsvField, headerKey, namesPeople } from "./import-files/csv-fields.ts";
import {
  type CsvHead,
  type CsvMapping,
  chosenFields,
  type RememberedFields,
  readCsvHead,
  readMapping,
} from "./import-files/csv-file.ts";
import { personOfRecord } from "./import-files/csv-person.ts";
import { cleanText, IDENTITY_PROBLEMS } from "./import-files/rows.ts";
import { encodingOfFile, type TextEncoding } from "./import-files/text-encoding.ts";

/** What a CSV's columns hold, as it stands, and what would become of its first rows. */
export type ImportPreview = {
  encoding: TextEncoding;
  /** Whether somebody chose it; else it was recognised. */
  encodingChosen: boolean;
  delimiter: string;
  /** `samples` are up to three different texts of the first rows. */
  columns: { name: string; field: CsvField | null; samples: string[] }[];
  /** Whether any column says who a row is; without, nothing can be imported. */
  complete: boolean;
  rows: { where: string; taken: boolean; value: string; detail: string }[];
  /** Of the rows looked at, those that would be taken, and those whose address is Sales Navigator's or Recruiter's. */
  lookedAt: number;
  taken: number;
  privateAddresses: number;
};

/** What somebody says of a CSV: by column, in order. */
export type ChosenColumns = { fields: readonly (CsvField | null)[]; encoding?: TextEncoding | undefined };

const SHOWN_ROWS = 8;
const SAMPLES = 3;
const SAMPLE_LENGTH = 60;

/**
 * Between a CSV's upload and its import: what its columns hold is guessed, shown and corrected, and remembered for the
 * organization's next file. Every function throws AppError `organization_not_found`, and all but `preview` `role_too_low` for
 * members, and `import_not_open` for an import that does not wait for this.
 */
export function createImportMapping(options: { db: Database; clock: Clock; files: KeptFiles; wake: () => void }) {
  const { db, clock, files, wake } = options;

  async function open(query: Query, organizationId: string, id: string) {
    const [row] = await query<{ mapping: unknown }>(
      "select mapping from import where organization_id = $1 and id = $2 and status = 'mapping'",
      [organizationId, id],
    );
    const file = row && (await files.find(id));
    return row && file ? { file, mapping: readMapping(row.mapping) } : null;
  }

  async function headOf(organizationId: string, file: string, encoding: TextEncoding | undefined): Promise<CsvHead> {
    const found = await encodingOfFile(file, encoding);
    return readCsvHead(file, { encoding: found, remembered: await remembered(organizationId) });
  }

  async function remembered(organizationId: string): Promise<RememberedFields> {
    const rows = await db.query<{ header: string; field: string }>(
      "select header, field from import_column where organization_id = $1",
      [organizationId],
    );
    const { columns } = readMapping({ columns: rows.map(({ header, field }) => ({ name: header, field })) }) ?? {};
    return new Map(columns?.map(({ name, field }) => [name, field]));
  }

  return {
    /** What an organization last said of columns, for imports from the command line. */
    remembered,

    /** How an import's columns stand; null when it does not wait for that. */
    async preview(viewer: Viewer, organizationId: string, id: string): Promise<ImportPreview | null> {
      await requireRole(db.query, organizationId, viewer, "member");
      const found = await open(db.query, organizationId, id);
      if (!found) return null;
      const head = await headOf(organizationId, found.file, found.mapping?.encoding);
      return previewOf(head, found.mapping);
    },

    /** Keeps what somebody said of the columns, and shows what comes of it. */
    async set(viewer: Viewer, organizationId: string, id: string, chosen: ChosenColumns): Promise<void> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const found = await open(db.query, organizationId, id);
      if (!found) throw new AppError("import_not_open");
      const mapping = mappingOf(await headOf(organizationId, found.file, chosen.encoding), chosen);
      await db.query(
        "update import set mapping = $3::jsonb where organization_id = $1 and id = $2 and status = 'mapping'",
        [organizationId, id, JSON.stringify(mapping)],
      );
    },

    /**
     * Has the file imported by what somebody said of its columns, which is remembered. Throws `import_columns_unknown` when
     * none of them says who a row is.
     */
    async begin(viewer: Viewer, organizationId: string, id: string, chosen: ChosenColumns): Promise<void> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const found = await open(db.query, organizationId, id);
      if (!found) throw new AppError("import_not_open");
      const head = await headOf(organizationId, found.file, chosen.encoding);
      const mapping = mappingOf(head, chosen);
      const fields = mapping.columns.map(({ field }) => field);
      if (!namesPeople(fields)) {
        const columns = head.header.names.slice(0, 40).join(", ").slice(0, 600);
        throw new AppError("import_columns_unknown", { fields: { columns } });
      }
      await db.transaction(async (query) => {
        const [begun] = await query(
          `update import set mapping = $3::jsonb, status = 'waiting' where organization_id = $1 and id = $2
             and status = 'mapping' returning id`,
          [organizationId, id, JSON.stringify(mapping)],
        );
        if (!begun) throw new AppError("import_not_open");
        await remember(query, organizationId, mapping);
      });
      wake();
    },

    /** Forgets an import that was not begun, and its file. */
    async discard(viewer: Viewer, organizationId: string, id: string): Promise<void> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const [gone] = await db.query(
        "delete from import where organization_id = $1 and id = $2 and status = 'mapping' returning id",
        [organizationId, id],
      );
      if (!gone) throw new AppError("import_not_open");
      await files.remove(id);
    },
  };

  async function remember(query: Query, organizationId: string, { columns }: CsvMapping): Promise<void> {
    const known = new Map(columns.map(({ name, field }) => [headerKey(name), field ?? ""]));
    known.delete("");
    await query(
      `insert into import_column (organization_id, header, field, updated_at)
       select $1, header, field, $4 from unnest($2::text[], $3::text[]) as c(header, field)
       on conflict (organization_id, header) do update set field = excluded.field, updated_at = excluded.updated_at`,
      [organizationId, [...known.keys()], [...known.values()], new Date(clock.now())],
    );
  }
}

function mappingOf({ header }: CsvHead, { fields, encoding }: ChosenColumns): CsvMapping {
  const columns = header.names.map((name, at) => ({ name, field: fields[at] ?? null }));
  return encoding ? { columns, encoding } : { columns };
}

function previewOf(head: CsvHead, mapping: CsvMapping | null): ImportPreview {
  const { header, encoding, rows } = head;
  const fields = (mapping && fieldsOf(head, mapping)) ?? head.fields;
  const complete = namesPeople(fields);
  const items = complete ? rows.map((cells, at) => personOfRecord(header, fields, cells, header.row + 1 + at)) : [];
  const told = items.flatMap((item) => {
    if (!item) return [];
    if (!item.ok) return [{ ...item.refused, taken: false, detail: item.refused.problem }];
    const { where, username, firstName, lastName, position, company, headline, location, email, photo } = item.row;
    const name = [firstName, lastName].filter(Boolean).join(" ");
    const rest = [headline, position, company, location, email, photo && "a photo"].filter(Boolean).join(", ");
    return [{ where, taken: true, value: username, detail: [name, rest].filter(Boolean).join(": ") }];
  });
  return {
    encoding,
    encodingChosen: mapping?.encoding !== undefined,
    delimiter: header.delimiter,
    columns: header.names.map((name, at) => ({
      name: cleanText(name, SAMPLE_LENGTH) ?? "",
      field: fields[at] ?? null,
      samples: samplesOf(rows, at),
    })),
    complete,
    rows: told.slice(0, SHOWN_ROWS).map(({ where, taken, value, detail }) => ({ where, taken, value, detail })),
    lookedAt: told.length,
    taken: told.filter(({ taken }) => taken).length,
    privateAddresses: told.filter(({ detail }) => detail === IDENTITY_PROBLEMS.private_profile_url).length,
  };
}

/** What was said holds for the columns that are there; an encoding may have changed how they are called. */
function fieldsOf({ header }: CsvHead, mapping: CsvMapping): readonly (CsvField | null)[] | null {
  return (
    chosenFields(header, mapping) ??
    (mapping.columns.length === header.names.length ? mapping.columns.map(({ field }) => field) : null)
  );
}

function samplesOf(rows: readonly (readonly string[])[], column: number): string[] {
  const samples = new Set<string>();
  for (const row of rows) {
    const text = cleanText(row[column] ?? "", SAMPLE_LENGTH);
    if (text !== undefined) samples.add(text);
    if (samples.size === SAMPLES) break;
  }
  return [...samples];
}
