import type { Command } from "commander";
import { AppError } from "../../lib/platform/errors.ts";
import { print, table } from "../output.ts";
import { chooseOrganization, OPERATOR, ORG_OPTION, withServices } from "../session.ts";

type Options = { json?: boolean; org?: string };

export function addConnectionCommands(program: Command): void {
  const connection = program.command("connection").description("AI clients that people have connected");

  connection
    .command("list")
    .option(...ORG_OPTION)
    .description("a workspace's connections: which client, by whom, for what")
    .action((options: Options) =>
      withServices(async (services) => {
        const { id } = await chooseOrganization(services, options.org);
        const connections = await services.connections.list(id);
        print(options, { connections }, () =>
          table(
            ["ID", "CLIENT", "HOST", "BY", "MAY", "LAST USED"],
            connections.map((one) => [
              one.id,
              one.knownClient ? one.clientName : `${one.clientName} (unverified)`,
              one.redirectHost,
              one.userEmail,
              one.scopes.join(" "),
              one.lastUsedAt?.slice(0, 16) ?? "never",
            ]),
            "No AI client is connected to this workspace.",
          ),
        );
      }),
    );

  connection
    .command("revoke")
    .argument("<id>", "the connection's id (con_…)")
    .option(...ORG_OPTION)
    .description("end a connection and all its tokens at once")
    .action((id: string, options: Options) =>
      withServices(async (services) => {
        const organization = await chooseOrganization(services, options.org);
        const own = (await services.connections.list(organization.id)).some((one) => one.id === id);
        if (!own || !(await services.connections.revoke(OPERATOR, id, "revoked_by_operator")))
          throw new AppError("connection_not_found");
        print(options, { id, revoked: true }, () => `Connection ${id} is revoked; it is refused within a second.`);
      }),
    );
}
