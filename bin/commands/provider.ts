import type { Command } from "commander";
import type { ProviderStatus } from "../../lib/enrichment/index.ts";
import { print, table } from "../output.ts";
import { withServices } from "../session.ts";

export function addProviderCommands(program: Command): void {
  program
    .command("provider")
    .description("where photos and facts come from")
    .command("status")
    .description("each provider's health and what it was asked this month")
    .action((options: { json?: boolean }) =>
      withServices(async (services) => {
        const providers = await services.enrichment.states.list(services.enrichment.providerNames);
        const order = services.config.providers;
        print(options, { order, providers }, () =>
          table(
            ["PROVIDER", "STATE", "CALLS THIS MONTH", "BUDGET", "LAST ASKED"],
            providers.map(row),
            "No HTTP provider is configured, so only imported people have photos. .env.example shows how to add one.",
          ),
        );
      }),
    );
}

function row(status: ProviderStatus): string[] {
  return [
    status.provider,
    stateOf(status),
    status.callsThisMonth.toLocaleString("en"),
    status.monthlyBudget?.toLocaleString("en") ?? "none",
    status.lastAskedAt?.slice(0, 16) ?? "never",
  ];
}

function stateOf({ configured, pausedUntil, lastOutcome, lastDetail }: ProviderStatus): string {
  if (!configured) return "no credentials";
  if (pausedUntil)
    return `paused until ${pausedUntil.slice(11, 19)} (${lastOutcome}${lastDetail ? `: ${lastDetail}` : ""})`;
  return lastOutcome ? `ok (last: ${lastOutcome})` : "ready";
}
