import type { Command } from "commander";
import { AppError } from "../../lib/platform/errors.ts";
import { isPlan, PLANS } from "../../lib/quotas/index.ts";
import { print, table } from "../output.ts";
import { OPERATOR, withServices } from "../session.ts";

type Options = { json?: boolean; plan?: string };

export function addOrganizationCommands(program: Command): void {
  const org = program.command("org").description("workspaces (organizations)");

  org
    .command("create")
    .argument("<name>", "what people will call it")
    .option("--plan <plan>", `${Object.keys(PLANS).join(", ")} (default: AVTRZ_PLAN)`)
    .description("make a workspace")
    .action((name: string, options: Options) =>
      withServices(async (services) => {
        const plan = options.plan ?? services.config.defaultPlan;
        if (!isPlan(plan))
          throw new AppError("usage", {
            fields: { problem: `There is no plan ${plan}; use one of ${Object.keys(PLANS).join(", ")}.` },
          });
        if (!name.trim() || name.length > 100)
          throw new AppError("usage", { fields: { problem: "A workspace's name has 1 to 100 characters." } });
        const organization = await services.organizations.create(
          { name: name.trim(), plan, limits: PLANS[plan] },
          OPERATOR,
        );
        print(options, organization, () => `Made workspace ${organization.name}, plan ${plan}:\n${organization.id}`);
      }),
    );

  org
    .command("list")
    .description("all workspaces")
    .action((options: Options) =>
      withServices(async (services) => {
        const organizations = await services.organizations.list();
        print(options, { organizations }, () =>
          table(
            ["ID", "NAME", "PLAN", "CREATED"],
            organizations.map(({ id, name, plan, createdAt }) => [id, name, plan, createdAt.slice(0, 10)]),
            "There is no workspace yet.",
          ),
        );
      }),
    );
}
