import path from "node:path";
import type { Command } from "commander";
import type { ImportReport } from "../../lib/avatars/index.ts";
import { counted, print, progressBar } from "../output.ts";
import { chooseOrganization, OPERATOR, withServices } from "../session.ts";

const SHOWN_REFUSALS = 20;

export function addPeopleCommands(program: Command): void {
  program
    .command("people")
    .description("people a workspace knows")
    .command("import")
    .argument("<file>", "LinkedIn's Connections.csv, a vCard file, or a folder or .zip of photos named by username")
    .option("--org <id>", "the workspace (may be left out while there is only one)")
    .description("add people, their facts and photos; importing the same again changes nothing")
    .action((file: string, options: { json?: boolean; org?: string }) =>
      withServices(async (services) => {
        const organization = await chooseOrganization(services, options.org);
        const bar = progressBar(`Importing ${path.basename(file)}`);
        const report = await services.people.import(organization.id, file, OPERATOR, bar.update).finally(bar.end);
        if (report.added + report.updated === 0) process.exitCode = 1;
        print(options, report, () => reportLines(report, organization.name));
      }),
    );
}

function reportLines(report: ImportReport, workspace: string): string {
  const { added, updated, photos, merged, refused, suppressed } = report;
  const lines = [
    `${workspace} knows ${counted(added, "person", "people")} more; ${counted(updated, "person was", "people were")} known and brought up to date.`,
  ];
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
