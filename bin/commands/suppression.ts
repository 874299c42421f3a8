import type { Command } from "commander";
import { print, table } from "../output.ts";
import { usernameOf } from "../person.ts";
import { OPERATOR, withServices } from "../session.ts";

type Options = { json?: boolean; reason?: string };

export function addSuppressionCommands(program: Command): void {
  const suppress = program.command("suppress").description("people who must not be shown");

  suppress
    .command("add")
    .argument("<person>", "LinkedIn username or address")
    .option("--reason <text>", "why, for the record", "asked by the person")
    .description("show initials for a person everywhere, and delete what is kept of them")
    .action((person: string, options: Options) =>
      withServices(async (services) => {
        const username = usernameOf(person);
        await services.profiles.suppress(username, options.reason ?? "", OPERATOR);
        print(
          options,
          { username, suppressed: true },
          () => `${username} is shown as initials from now on; photo, facts and imports are deleted.`,
        );
      }),
    );

  suppress
    .command("remove")
    .argument("<person>", "LinkedIn username or address")
    .description("let a person be looked up again")
    .action((person: string, options: Options) =>
      withServices(async (services) => {
        const username = usernameOf(person);
        const removed = await services.profiles.suppressions.remove(username, OPERATOR);
        print(options, { username, removed }, () =>
          removed ? `${username} may be looked up again.` : `${username} was not on the list.`,
        );
      }),
    );

  suppress
    .command("list")
    .description("everybody on the list")
    .action((options: Options) =>
      withServices(async (services) => {
        const suppressions = await services.profiles.suppressions.list();
        print(options, { suppressions }, () =>
          table(
            ["USERNAME", "REASON", "BY", "SINCE"],
            suppressions.map(({ username, reason, createdBy, createdAt }) => [
              username,
              reason,
              createdBy,
              createdAt.slice(0, 10),
            ]),
            "Nobody is on the list.",
          ),
        );
      }),
    );
}
