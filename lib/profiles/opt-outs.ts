import { parse } from "csv-parse";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";

const AT_ONCE = 5_000;
/** People Data Labs' ids: base64url-like words, with or without the padding and the suffix of their version. */
const ID = /^[\w=./-]{6,128}$/;

/**
 * People who asked a provider not to be told about. Only the provider's own ids are known of them, so they are compared
 * with what the provider answers: whoever is on the list is taken for not found, and nothing of the answer is kept.
 */
export function createOptOuts({ db, clock }: { db: Database; clock: Clock }) {
  return {
    /** Whether the person whom `provider` calls `personId` is on its list. */
    async has(provider: string, personId: string): Promise<boolean> {
      const rows = await db.query("select 1 from provider_opt_out where provider = $1 and person_id = $2", [
        provider,
        personId,
      ]);
      return rows.length > 0;
    },

    async count(provider: string): Promise<number> {
      const [row] = await db.query<{ count: number }>(
        "select count(*)::int as count from provider_opt_out where provider = $1",
        [provider],
      );
      return row?.count ?? 0;
    },

    /**
     * Adds a provider's list: CSV whose column is named `id` or `pdl_id`, or ids alone, one a line. Repeating it changes nothing.
     * Throws AppError `file_broken`, naming the file as `name`, for anything else; then nothing of it is kept.
     */
    async importCsv(
      provider: string,
      csv: AsyncIterable<string | Uint8Array>,
      name: string,
      actor: string,
    ): Promise<{ read: number; added: number }> {
      const ids = await readIds(csv, name);
      return db.transaction(async (query) => {
        let added = 0;
        for (let start = 0; start < ids.length; start += AT_ONCE) {
          const rows = await query(
            `insert into provider_opt_out (provider, person_id, since) select $1, id, $3 from unnest($2::text[]) id
             on conflict do nothing returning 1`,
            [provider, ids.slice(start, start + AT_ONCE), new Date(clock.now())],
          );
          added += rows.length;
        }
        const detail = { provider, read: ids.length, added };
        await recordAudit(query, clock, { actor, action: "privacy.import_opt_outs", target: provider, detail });
        return { read: ids.length, added };
      });
    },
  };
}

async function readIds(csv: AsyncIterable<string | Uint8Array>, name: string): Promise<string[]> {
  const broken = (line: number, problem: string) =>
    new AppError("file_broken", { fields: { file: name, where: `line ${line}`, problem } });
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true, trim: true });
  const feed = (async () => {
    for await (const chunk of csv) parser.write(chunk);
    parser.end();
  })().catch((error: Error) => parser.destroy(error));
  const ids = new Set<string>();
  let column: number | undefined;
  let line = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      line++;
      if (column === undefined) {
        const head = record.findIndex((cell) => /^(pdl_?)?id$/i.test(cell));
        column = head === -1 ? 0 : head;
        if (head !== -1) continue;
        if (record.length > 1) throw broken(line, "none of its columns is named id");
      }
      const id = record[column] ?? "";
      if (!ID.test(id)) throw broken(line, "that is not an id");
      ids.add(id);
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw broken(line + 1, "it is not CSV");
  } finally {
    await feed;
  }
  if (ids.size === 0) throw broken(1, "it holds no id");
  return [...ids];
}
