import type { Command } from "commander";
import { AppError } from "../../lib/platform/errors.ts";
import { isMetric, isPlan, METRICS, PLANS, type Usage } from "../../lib/quotas/index.ts";
import { print, table } from "../output.ts";
import { chooseOrganization, OPERATOR, ORG_OPTION, withServices } from "../session.ts";

type Options = { json?: boolean; org?: string };

export function addUsageCommands(program: Command): void {
  program
    .command("usage")
    .option(...ORG_OPTION)
    .option("--reconcile", "first compare the counters with the rows behind them, and repair what differs")
    .description("what a workspace has used this month")
    .action((options: Options & { reconcile?: boolean }) =>
      withServices(async (services) => {
        const { id, name } = await chooseOrganization(services, options.org);
        const repairs = options.reconcile
          ? (await services.quotas.reconcile()).filter((repair) => repair.organizationId === id)
          : undefined;
        const usage = await services.quotas.limits.usage(id);
        print(options, { organization: id, usage, ...(repairs ? { repairs } : {}) }, () =>
          [
            `${name} (${id})`,
            table(["METRIC", "USED", "LIMIT", "RESETS"], usage.map(row), ""),
            ...(repairs ? [told(repairs.length)] : []),
          ].join("\n"),
        );
      }),
    );

  program
    .command("plan")
    .description("plans")
    .command("set")
    .argument("<plan>", Object.keys(PLANS).join(", "))
    .option(...ORG_OPTION)
    .option("--reset", "also take back limits that were set by hand")
    .description("put a workspace on a plan; limits set by hand stay")
    .action((plan: string, options: Options & { reset?: boolean }) =>
      withServices(async (services) => {
        if (!isPlan(plan))
          throw new AppError("usage", {
            fields: { problem: `There is no plan ${plan}; use one of ${Object.keys(PLANS).join(", ")}.` },
          });
        const { id, name } = await chooseOrganization(services, options.org);
        await services.quotas.limits.setPlan(id, plan, OPERATOR, { reset: options.reset ?? false });
        print(
          options,
          { organization: id, plan, usage: await services.quotas.limits.usage(id) },
          () => `${name} is on plan ${plan}.`,
        );
      }),
    );

  program
    .command("quota")
    .description("limits of single metrics")
    .command("set")
    .option(...ORG_OPTION)
    .requiredOption("--metric <metric>", METRICS.join(", "))
    .requiredOption("--limit <number>", "units a month, or unlimited")
    .description("set one limit by hand; it holds from the next request on")
    .action((options: Options & { metric: string; limit: string }) =>
      withServices(async (services) => {
        const { metric } = options;
        if (!isMetric(metric))
          throw new AppError("usage", {
            fields: { problem: `There is no metric ${metric}; use one of ${METRICS.join(", ")}.` },
          });
        const limit = readLimit(options.limit);
        const { id, name } = await chooseOrganization(services, options.org);
        await services.quotas.limits.setLimit(id, metric, limit, OPERATOR);
        print(
          options,
          { organization: id, metric, limit },
          () => `${name} may use ${limit?.toLocaleString("en") ?? "unlimited"} ${metric} a month.`,
        );
      }),
    );
}

function readLimit(text: string): number | null {
  if (text === "unlimited") return null;
  const limit = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(limit)) return limit;
  throw new AppError("usage", {
    fields: { problem: `--limit is a whole number from 0 on, or unlimited, not ${text}.` },
  });
}

function row({ metric, used, limit, resets }: Usage): string[] {
  return [metric, used.toLocaleString("en"), limit?.toLocaleString("en") ?? "unlimited", resets.slice(0, 10)];
}

function told(repairs: number): string {
  return repairs === 0
    ? "Counters and rows agree."
    : `${repairs} counter(s) did not agree with their rows and were repaired; the audit log has them.`;
}
