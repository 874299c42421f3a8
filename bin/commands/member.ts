import type { Command } from "commander";
import { AppError } from "../../lib/platform/errors.ts";
import { print, table } from "../output.ts";
import { chooseOrganization, OPERATOR, ORG_OPTION, withServices } from "../session.ts";

type Options = { json?: boolean; org?: string };

export function addMemberCommands(program: Command): void {
  const member = program.command("member").description("who belongs to a workspace");

  member
    .command("list")
    .option(...ORG_OPTION)
    .description("a workspace's members and their roles")
    .action((options: Options) =>
      withServices(async (services) => {
        const { id } = await chooseOrganization(services, options.org);
        const members = await services.members.list(OPERATOR, id);
        print(options, { members }, () =>
          table(
            ["E-MAIL", "NAME", "ROLE", "SINCE", "ID"],
            members.map(({ email, name, role, since, userId }) => [
              email,
              name ?? "",
              role,
              since.slice(0, 10),
              userId,
            ]),
            "Nobody belongs to this workspace yet; invite somebody with: avtrz invitation create",
          ),
        );
      }),
    );

  member
    .command("remove")
    .argument("<who>", "the member's e-mail address or id (usr_…)")
    .option(...ORG_OPTION)
    .description("end a membership, and the connections that person made in the workspace")
    .action((who: string, options: Options) =>
      withServices(async (services) => {
        const { id, name } = await chooseOrganization(services, options.org);
        const members = await services.members.list(OPERATOR, id);
        const found = members.find(({ email, userId }) => userId === who || email === who.toLowerCase());
        if (!found) throw new AppError("member_not_found");
        await services.members.remove(OPERATOR, id, found.userId);
        print(
          options,
          { userId: found.userId, removed: true },
          () => `${found.email} does not belong to ${name} any more; their connections there have ended.`,
        );
      }),
    );
}
