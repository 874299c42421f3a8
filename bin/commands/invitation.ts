import type { Command } from "commander";
import { type InvitationSent, invitationLink, invite } from "../../lib/http/index.ts";
import { isRole, ROLES } from "../../lib/organizations/index.ts";
import { AppError } from "../../lib/platform/errors.ts";
import { print, table } from "../output.ts";
import { chooseOrganization, OPERATOR, ORG_OPTION, withServices } from "../session.ts";

const SENT: Readonly<Record<InvitationSent, string>> = {
  none: "",
  mailed: "\nIt was mailed.",
  unsent: "\nIt could not be mailed; hand the link over yourself.",
  limited: "\nIt was not mailed: enough invitations were today. Hand the link over yourself.",
};

type Options = { json?: boolean; org?: string };

export function addInvitationCommands(program: Command): void {
  const invitation = program.command("invitation").description("links by which people join a workspace");

  invitation
    .command("create")
    .option(...ORG_OPTION)
    .option("--role <role>", `what they may do: ${ROLES.join(", ")}`, "member")
    .option("--email <address>", "who alone may use it; left out, whoever has the link")
    .description("make a link that lets one person in, within seven days; it is shown this once")
    .action((options: Options & { role: string; email?: string }) =>
      withServices(async (services) => {
        const { role, email } = options;
        if (!isRole(role))
          throw new AppError("usage", { fields: { problem: `--role is one of ${ROLES.join(", ")}, not ${role}.` } });
        const { id } = await chooseOrganization(services, options.org);
        const wanted = { role, email: email ?? null };
        // Without a mail server a mail is printed, and here the link is printed anyway.
        const made = services.config.mail
          ? await invite(services, OPERATOR, id, wanted)
          : { ...(await services.invitations.create(OPERATOR, id, wanted)), sent: "none" as const };
        const link = invitationLink(services.config.publicUrl, made.token);
        print(
          options,
          { id: made.id, ...wanted, link, expiresAt: made.expiresAt, mailed: made.sent === "mailed" },
          () =>
            `Made invitation ${made.id}, good until ${made.expiresAt.slice(0, 10)}:\n${link}\nIt cannot be shown again.${SENT[made.sent]}`,
        );
      }),
    );

  invitation
    .command("list")
    .option(...ORG_OPTION)
    .description("a workspace's open invitations")
    .action((options: Options) =>
      withServices(async (services) => {
        const { id } = await chooseOrganization(services, options.org);
        const invitations = await services.invitations.list(OPERATOR, id);
        print(options, { invitations }, () =>
          table(
            ["ID", "FOR", "ROLE", "MADE BY", "UNTIL"],
            invitations.map((one) => [
              one.id,
              one.email ?? "whoever has the link",
              one.role,
              one.invitedBy ?? OPERATOR,
              one.expiresAt.slice(0, 10),
            ]),
            "No invitation is open.",
          ),
        );
      }),
    );

  invitation
    .command("revoke")
    .argument("<id>", "the invitation's id (inv_…)")
    .option(...ORG_OPTION)
    .description("end an open invitation")
    .action((id: string, options: Options) =>
      withServices(async (services) => {
        const organization = await chooseOrganization(services, options.org);
        await services.invitations.revoke(OPERATOR, organization.id, id);
        print(options, { id, revoked: true }, () => `Invitation ${id} is revoked; its link lets nobody in.`);
      }),
    );
}
