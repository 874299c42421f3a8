import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import type { ImportReport } from "../../lib/avatars/index.ts";
import type { RecheckCost } from "../../lib/enrichment/index.ts";
import { AppError } from "../../lib/platform/errors.ts";
import { CORRECTABLE_FACTS, type CorrectionChanges, CSV_FIELDS, type ListedPerson } from "../../lib/profiles/index.ts";
import { counted, print, progressBar, table } from "../output.ts";
import { usernameOf } from "../person.ts";
import { chooseOrganization, OPERATOR, ORG_OPTION, withServices } from "../session.ts";

const SHOWN_REFUSALS = 20;
const MAX_PHOTO_BYTES = 5 * 1024 * 1024;

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
    .command("correct")
    .argument("<person>", "LinkedIn username or address")
    .option(...ORG_OPTION)
    .option(
      "--set <fact=text...>",
      `what this workspace says of them: ${CORRECTABLE_FACTS.join(", ")}; no text takes it back`,
      [],
    )
    .option("--photo <file>", "a picture to show before any other")
    .option("--no-photo", "go back to the photo that was imported or that a provider has")
    .description("correct a fact or the photo of a person, for one workspace alone")
    .action((person: string, options: Options & { set: string[]; photo?: string | boolean }) =>
      withServices(async (services) => {
        const username = usernameOf(person);
        const { id } = await chooseOrganization(services, options.org);
        const changes = correctionsOf(options.set);
        const { people } = services.profiles;
        if (options.set.length > 0) await people.correct("operator", id, username, changes);
        if (typeof options.photo === "string") {
          const photo = await readPhotoFile(options.photo);
          await people.setOwnPhoto("operator", id, username, photo);
        }
        if (options.photo === false) await people.removeOwnPhoto("operator", id, username);
        const found = await people.get("operator", id, username);
        const own = found?.facts.filter(({ source }) => source === "own") ?? [];
        const photo = found?.photos.some(({ source }) => source === "own") ?? false;
        print(options, { username, corrections: own.map(({ name, value, at }) => ({ name, value, at })), photo }, () =>
          [
            own.length === 0 && !photo ? `This workspace says nothing of its own about ${username}.` : `${username}:`,
            ...own.map(({ name, value }) => `  ${name}: ${value}`),
            ...(photo ? ["  photo: its own"] : []),
          ].join("\n"),
        );
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
    .command("recheck")
    .argument("<person>", "LinkedIn username or address")
    .option(...ORG_OPTION)
    .option("--estimate", "say what it may cost, and ask nobody")
    .description("look a person of a workspace up again before it is time, and say what that may cost")
    .action((person: string, options: Options & { estimate?: boolean }) =>
      withServices(async (services) => {
        const username = usernameOf(person);
        const { id } = await chooseOrganization(services, options.org);
        const cost = await services.profiles.people.cost();
        const queued = options.estimate ? false : await services.profiles.people.recheck("operator", id, username);
        const status = options.estimate ? "estimate" : queued ? "queued" : "not_due";
        print(options, { username, status, cost }, () =>
          [
            ...cost.map(costLine),
            options.estimate
              ? `Nobody was asked about ${username}.`
              : queued
                ? `${username} is being looked up; each provider is asked only for what those before it did not tell.`
                : `${username} was not asked for: they were looked up within the last hour, or no provider is configured.`,
          ].join("\n"),
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

function correctionsOf(pairs: readonly string[]): CorrectionChanges {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      const name = CORRECTABLE_FACTS.find((one) => one === pair.slice(0, Math.max(at, 0)).trim());
      if (!name) {
        const facts = CORRECTABLE_FACTS.join(", ");
        throw new AppError("usage", { fields: { problem: `--set takes FACT=TEXT, where FACT is one of ${facts}.` } });
      }
      return [name, pair.slice(at + 1).trim() || null];
    }),
  );
}

/** A picture of at most 5 MB. */
async function readPhotoFile(file: string): Promise<Buffer> {
  const { size } = await stat(file).catch((cause) => {
    throw new AppError("file_unreadable", { fields: { file, problem: "there is no such file" }, cause });
  });
  if (size > MAX_PHOTO_BYTES)
    throw new AppError("file_too_large", {
      fields: { file, size: `${Math.ceil(size / 1024 ** 2)} MB`, limit: "5 MB" },
    });
  return readFile(file);
}

function costLine({ provider, units, left, pausedUntil }: RecheckCost): string {
  const price = units === 1 ? "1 unit at most" : `${units} units at most`;
  const budget =
    left === null ? "no bound on its budget" : `${left.toLocaleString("en")} left of its budget this month`;
  return `  ${provider}: ${price}, ${budget}${pausedUntil ? `, paused until ${pausedUntil.slice(0, 16)}` : ""}`;
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
