import path from "node:path";
import type { Command } from "commander";
import type { ImportReport } from "../../lib/avatars/index.ts";
import { AppError } from "../../lib/platform/errors.ts";
import { CSV_FIELDS, type ListedPerson } from "../../lib/profiles/index.ts";
import { counted, print, progressBar, table } from "../output.ts";
import { usernameOf } from "../person.ts";
import { chooseOrganization, OPERATOR, ORG_OPTION, withServices } from "../session.ts";

const SHOWN_REFUSALS = 20;

const LISTED_AT_ONCE = 100;

type Options = { json?: boolean; org?: string };

export function addPeopleCommands(program: Command): void {
  const people = program.command("people").description("people a workspace knows");

  people
    .command("import")
    .argument("<file>", "LinkedIn's Connections.csv, any other CSV, a vCard file, or a folder or .zip of photos")
    .option(...ORG_OPTION)
    .option("--map <column=field...>", `what a column of a CSV holds: ${CSV_FIELDS.join(", ")}, or nothing`, [])
    .description("add people, their facts and photos; importing the same again changes nothing")
    .action((file: string, options: Options & { map: string[] }) =>
      withServices(async (services) => {
        const organization = await chooseOrganization(services, options.org);
        const bar = progressBar(`Importing ${path.basename(file)}`);
        const report = await services.people
          .import(organization.id, file, OPERATOR, { onProgress: bar.update, columns: options.map })
          .finally(bar.end);
        if (report.added + report.updated + report.unchanged === 0) process.exitCode = 1;
        print(options, report, () => reportLines(report, organization.name));
      }),
    );

  people
    .command("list")
    .option(...ORG_OPTION)
    .option("--after <username>", "begin behind this person, for the next page")
    .option("--limit <number>", "how many", String(LISTED_AT_ONCE))
    .description("the people a workspace imported, by username")
    .action((options: Options & { after?: string; limit: string }) =>
      withServices(async (services) => {
        const limit = Number(options.limit);
        if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
          throw new AppError("usage", { fields: { problem: "--limit is a whole number from 1 to 10000." } });
        const { id } = await chooseOrganization(services, options.org);
        const found = await services.people.list(id, { after: options.after ?? "", limit });
        print(options, { people: found }, () =>
          table(["USERNAME", "NAME", "PHOTO", "FROM", "IMPORTED"], found.map(row), "Nobody (further) was imported."),
        );
      }),
    );

  people
    .command("show")
    .argument("<person>", "LinkedIn username or address")
    .option(...ORG_OPTION)
    .description("what a workspace imported of one person, and what is told of them")
    .action((person: string, options: Options) =>
      withServices(async (services) => {
        const username = usernameOf(person);
        const { id } = await chooseOrganization(services, options.org);
        const imported = await services.people.find(id, username);
        const profile = await services.profiles.describe(id, username, null);
        const suppressed = await services.profiles.suppressions.has(username);
        if (!imported && !profile && !suppressed) throw new AppError("person_not_found", { fields: { username } });
        print(options, { username, suppressed, imported, profile }, () =>
          [
            suppressed ? `${username} asked not to be shown.` : username,
            ...Object.entries({ ...profile, ...imported })
              .filter(([name, value]) => value !== null && name !== "username")
              .map(([name, value]) => `  ${name}: ${value}`),
          ].join("\n"),
        );
      }),
    );
}

function row({ username, firstName, lastName, photoSha256, source, importedAt }: ListedPerson): string[] {
  const name = [firstName, lastName].filter(Boolean).join(" ");
  return [username, name, photoSha256 ? "yes" : "no", source, importedAt.slice(0, 10)];
}

function reportLines(report: ImportReport, workspace: string): string {
  const { added, updated, unchanged, photos, merged, refused, suppressed } = report;
  const lines = [
    `${workspace} knows ${counted(added, "person", "people")} more; ${counted(updated, "person was", "people were")} known and brought up to date.`,
  ];
  if (unchanged > 0) lines.push(`Of ${counted(unchanged, "person", "people")} nothing was new.`);
  if (photos > 0) lines.push(`${counted(photos, "photo", "photos")} prepared.`);
  if (merged > 0) lines.push(`${counted(merged, "further row", "further rows")} of the same people merged.`);
  if (suppressed.length > 0) lines.push(`Not taken, since they asked not to be shown: ${suppressed.join(", ")}.`);
  if (refused.length > 0) {
    lines.push(`${counted(refused.length, "entry was", "entries were")} refused; everything else is in:`);
    for (const { where, value, problem } of refused.slice(0, SHOWN_REFUSALS)) {
      lines.push(`  ${where} ${problem}${value ? ` (${value})` : ""}`);
    }
    if (refused.length > SHOWN_REFUSALS)
      lines.push(`  … and ${refused.length - SHOWN_REFUSALS} more; --json lists them all.`);
  }
  return lines.join("\n");
}
