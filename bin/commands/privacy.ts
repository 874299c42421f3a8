import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { AppError } from "../../lib/platform/errors.ts";
import { counted, print, table } from "../output.ts";
import { usernameOf } from "../person.ts";
import { OPERATOR, withServices } from "../session.ts";

type Options = { json?: boolean; suppress?: boolean; reason?: string; provider?: string };

export function addPrivacyCommands(program: Command): void {
  const privacy = program
    .command("privacy")
    .description("what a person may ask for: what is stored, erasure, not to be shown");

  privacy
    .command("export")
    .argument("<person>", "LinkedIn username or address")
    .description("everything that is stored about a person, over all workspaces, as one JSON document")
    .action((person: string) =>
      withServices(async (services) => {
        console.log(JSON.stringify(await services.privacy.data.export(usernameOf(person)), null, 2));
      }),
    );

  privacy
    .command("erase")
    .argument("<person>", "LinkedIn username or address")
    .option("--suppress", "show them as initials from now on too; otherwise the next look-up stores them anew")
    .description("erase everything that is stored about a person, and say what it was")
    .action((person: string, options: Options) =>
      withServices(async (services) => {
        const username = usernameOf(person);
        const report = await services.privacy.data.erase(username, OPERATOR, options.suppress === true);
        const suppressed = await services.profiles.suppressions.has(username);
        const rows = [
          ...Object.entries(report.deleted).map(([name, count]) => [name, String(count), "deleted"]),
          ...Object.entries(report.anonymised).map(([name, count]) => [name, String(count), "kept without the name"]),
        ];
        print(options, { username, ...report, suppressed }, () =>
          [
            table(["TABLE", "ROWS", ""], rows, "Nothing was stored about them."),
            suppressed
              ? "They are on the list of people who are not shown, by name: without it they would be stored anew."
              : "They are not on the list of people who are not shown: the next look-up stores them anew (--suppress).",
          ].join("\n\n"),
        );
      }),
    );

  privacy
    .command("import-opt-outs")
    .argument("<file.csv>", "a provider's list of people who opted out: a column `id`, or ids alone")
    .option("--provider <name>", "whose list it is", "peopledatalabs")
    .description("take over whom a provider must not tell about; compared with what it answers")
    .action((file: string, options: Options) =>
      withServices(async (services) => {
        const provider = options.provider ?? "";
        if (!/^[a-z0-9_]{2,40}$/.test(provider))
          throw new AppError("usage", {
            fields: { problem: "A provider's name is lower-case letters, digits and _." },
          });
        await access(file).catch((cause) => {
          throw new AppError("file_unreadable", { fields: { file, problem: "it cannot be opened" }, cause });
        });
        const { optOuts } = services.privacy;
        const taken = await optOuts.importCsv(provider, createReadStream(file), path.basename(file), OPERATOR);
        const total = await optOuts.count(provider);
        print(
          options,
          { provider, ...taken, total },
          () =>
            `${counted(taken.read, "id", "ids")} read, ${taken.added} of them new; ${counted(total, "person has", "people have")} opted out of ${provider}.`,
        );
      }),
    );

  const requests = privacy.command("requests").description("people who ask not to be shown, by /remove-my-photo");

  requests
    .command("list")
    .description("who waits for a decision")
    .action((options: Options) =>
      withServices(async (services) => {
        const waiting = await services.privacy.removals.waiting();
        print(options, { waiting }, () =>
          table(
            ["ID", "USERNAME", "ADDRESS", "CONFIRMED", "IMPORTED WITH IT", "SINCE"],
            waiting.map((one) => [
              one.id,
              one.username,
              one.email,
              one.emailConfirmed ? "yes" : "no",
              String(one.importsWithEmail),
              one.createdAt.slice(0, 10),
            ]),
            "Nobody waits.",
          ),
        );
      }),
    );

  requests
    .command("grant")
    .argument("<id>")
    .description("show them as initials everywhere, delete what is kept of them, and mail them so")
    .action((id: string, options: Options) =>
      withServices(async (services) => {
        const { username, mailed } = await services.privacy.grant(id, OPERATOR);
        print(
          options,
          { id, username, status: "granted", mailed },
          () => `${username} is shown as initials from now on.`,
        );
      }),
    );

  requests
    .command("refuse")
    .argument("<id>")
    .requiredOption("--reason <text>", "why; it is mailed to them")
    .description("leave everything as it is, and mail them why")
    .action((id: string, options: Options) =>
      withServices(async (services) => {
        const { username, mailed } = await services.privacy.refuse(id, options.reason ?? "", OPERATOR);
        print(options, { id, username, status: "refused", mailed }, () => `The request for ${username} is refused.`);
      }),
    );
}
