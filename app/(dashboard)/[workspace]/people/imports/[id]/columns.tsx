import { CSV_FIELDS, type CsvField, type ImportPreview, type ImportStatus, TEXT_ENCODINGS } from "#lib/profiles";
import { Badge, Button, Card, CONTROL, Notice, PostForm, Select } from "#lib/ui";
import type { Dashboard } from "../../../../dashboard.ts";
import { DELIMITER_WORDS, ENCODING_WORDS, FIELD_WORDS } from "../import-words.ts";

type Column = ImportPreview["columns"][number] & { at: number };

/** So many columns without a use are shown beside the others. */
const FEW = 6;

/** What the columns of a CSV hold, to look over and correct, and what would become of its first rows. */
export function Columns(props: { dashboard: Dashboard; found: ImportStatus; preview: ImportPreview }) {
  const { dashboard, found, preview } = props;
  const { act, token, page, may } = dashboard;
  const back = page(`people/imports/${found.id}`);
  const columns = preview.columns.map((column, at) => ({ ...column, at }));
  const used = columns.filter(({ field }) => field !== null);
  const rest = columns.filter(({ field }) => field === null);
  if (!may("admin")) return <Notice>Owners and admins import people. Ask one of them to go on with this file.</Notice>;
  return (
    <>
      <Verdict preview={preview} />
      <PostForm
        action={act("import-columns")}
        token={token}
        hidden={{ id: found.id, back }}
        className="flex min-w-0 flex-col gap-6"
      >
        <Card
          title="What the columns hold"
          detail={`Read as ${ENCODING_WORDS[preview.encoding]}, in columns parted by ${DELIMITER_WORDS[preview.delimiter] ?? "commas"}. What you say here is remembered for this workspace’s next file.`}
          flush
        >
          <List columns={used} />
          {rest.length > 0 && (
            <details open={!preview.complete || rest.length <= FEW} className="border-line border-t">
              <summary className="cursor-pointer px-4 py-3 font-medium text-sm sm:px-5">
                {rest.length === 1 ? "One column" : `${rest.length} columns`} nothing is taken from
              </summary>
              <List columns={rest} />
            </details>
          )}
          <div className="border-line border-t p-4 sm:p-5">
            <Select
              label="Letters look wrong?"
              name="encoding"
              defaultValue={preview.encodingChosen ? preview.encoding : ""}
              options={[
                ["", "As recognised"],
                ...TEXT_ENCODINGS.map((one): [string, string] => [one, ENCODING_WORDS[one]]),
              ]}
              hint="Choose how the file was saved, and look at the rows again."
              className="sm:max-w-xs"
            />
          </div>
        </Card>
        <div className="flex flex-wrap gap-3">
          <Button look="plain" name="then" value="preview">
            Show what comes of it
          </Button>
          <Button name="then" value="begin">
            Import this file
          </Button>
        </div>
      </PostForm>
      <Rows preview={preview} />
      <PostForm action={act("discard-import")} token={token} hidden={{ id: found.id, back }}>
        <Button look="quiet">Discard {found.fileName}</Button>
      </PostForm>
    </>
  );
}

function Verdict({ preview }: { preview: ImportPreview }) {
  const { complete, lookedAt, taken, privateAddresses } = preview;
  if (!complete)
    return (
      <Notice tone="warn">
        No column is known to say who a row is. Choose the one that holds LinkedIn addresses or usernames; without it,
        nobody can be imported.
      </Notice>
    );
  if (privateAddresses > 0)
    return (
      <Notice tone="warn">
        {privateAddresses} of the first {lookedAt} rows: a Sales Navigator or Recruiter address. Those name nobody
        outside the account they come from, and their rows are refused; if another column holds the public profile’s
        address, choose it too.
      </Notice>
    );
  if (taken === 0) return <Notice tone="warn">None of the first rows would be taken. The list below says why.</Notice>;
  return null;
}

function List({ columns }: { columns: readonly Column[] }) {
  return (
    <ul className="divide-y divide-line border-line border-t">
      {columns.map((column) => (
        <Line key={column.at} column={column} />
      ))}
    </ul>
  );
}

function Line({ column: { at, name, field, samples } }: { column: Column }) {
  const id = `column-${at}`;
  const shown = name || `Column ${at + 1}`;
  return (
    <li className="grid items-center gap-x-6 gap-y-2 px-4 py-3 sm:grid-cols-[1fr_14rem] sm:px-5">
      <div className="min-w-0">
        <label htmlFor={id} className="block break-words font-medium text-sm leading-6">
          {shown}
        </label>
        <p className="truncate text-quiet text-xs leading-5">
          {samples.length > 0 ? samples.join(" · ") : "Empty in the first rows"}
        </p>
      </div>
      <select id={id} name={id} defaultValue={field ?? ""} className={`${CONTROL} w-full`}>
        <option value="">Nothing is taken</option>
        {CSV_FIELDS.map((one: CsvField) => (
          <option key={one} value={one}>
            {FIELD_WORDS[one]}
          </option>
        ))}
      </select>
    </li>
  );
}

function Rows({ preview: { rows, complete, lookedAt, taken } }: { preview: ImportPreview }) {
  if (!complete || rows.length === 0) return null;
  return (
    <Card title="The first rows" detail={`Of the first ${lookedAt}, ${taken} would be taken.`} flush>
      <ul aria-label="What would become of the first rows" className="divide-y divide-line border-line border-t">
        {rows.map((row) => (
          <li key={row.where} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-3 text-sm sm:px-5">
            <span className="w-20">
              <Badge tone={row.taken ? "good" : "danger"}>{row.taken ? "Taken" : "Refused"}</Badge>
            </span>
            <div className="min-w-0 flex-1 basis-64">
              <p className="break-words leading-6">
                {row.value && <span className="font-medium">{row.value} </span>}
                <span className="text-quiet">{row.where}</span>
              </p>
              <p className="text-pretty break-words text-quiet leading-6">{row.detail}</p>
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}
