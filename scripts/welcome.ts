import type { Config } from "../lib/platform/config.ts";
import { PLANS } from "../lib/quotas/index.ts";
import type { Services } from "../lib/services.ts";

/** The workspace a new installation starts with, when it is still the only one. */
type FirstWorkspace = { id: string; name: string; publishableKey: string | null };

/** Makes a workspace and a publishable key where there is none yet, so that there is something to try. */
export async function prepareFirstWorkspace(services: Services): Promise<FirstWorkspace | null> {
  const existing = await services.organizations.list();
  if (existing.length > 1) return null;
  const plan = services.config.defaultPlan;
  const organization =
    existing[0] ?? (await services.organizations.create({ name: "My workspace", plan, limits: PLANS[plan] }, "system"));
  if (!existing[0])
    await services.keys.manager.create(organization.id, { type: "publishable", name: "First key" }, "system");
  const keys = await services.keys.manager.list(organization.id);
  const usable = keys.find((key) => key.status === "active" && key.key && key.allowedDomains.length === 0);
  return { id: organization.id, name: organization.name, publishableKey: usable?.key ?? null };
}

/** What the terminal says once everything runs. */
export function welcome(config: Config, first: FirstWorkspace | null): string {
  const lines = [["Open", config.publicUrl]];
  if (first) {
    lines.push(["Workspace", `${first.name} (${first.id})`]);
    if (first.publishableKey) lines.push(["Try it", `${config.publicUrl}/?key=${first.publishableKey}`]);
    lines.push(["Add people", `npm run avtrz -- people import Connections.csv --org ${first.id}`]);
  }
  lines.push([
    "Database",
    config.databaseUrl?.includes("host=") ? `embedded, in ${config.dataDirectory}` : "PostgreSQL",
  ]);
  lines.push(["Stop", "Ctrl-C"]);
  const width = Math.max(...lines.map(([label = ""]) => label.length));
  return `\n  Avtrz is running.\n\n${lines.map(([label = "", text]) => `  ${label.padEnd(width)}   ${text}`).join("\n")}\n`;
}
