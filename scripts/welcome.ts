import { signInLink } from "../lib/http/index.ts";
import { PLANS } from "../lib/quotas/index.ts";
import type { Services } from "../lib/services.ts";

/** The workspace a new installation starts with, while it is the only one or still waits for its owner. */
type FirstWorkspace = {
  id: string;
  name: string;
  publishableKey: string | null;
  /** Whoever signs in (first) becomes its owner. */
  waitsForOwner: boolean;
};

/** Makes a workspace and a publishable key where there is none yet, so that there is something to try. */
export async function prepareFirstWorkspace(services: Services): Promise<FirstWorkspace | null> {
  const existing = await services.organizations.list();
  const [oldest] = existing;
  if (oldest && existing.length > 1 && !(await services.organizations.waitsForOwner(oldest.id))) return null;
  const plan = services.config.defaultPlan;
  const organization =
    oldest ?? (await services.organizations.create({ name: "My workspace", plan, limits: PLANS[plan] }, "system"));
  if (!oldest)
    await services.keys.manager.create(organization.id, { type: "publishable", name: "First key" }, "system");
  const keys = await services.keys.manager.list(organization.id);
  const usable = keys.find((key) => key.status === "active" && key.key && key.allowedDomains.length === 0);
  await services.organizations.offerFirst(organization.id);
  const waitsForOwner = await services.organizations.waitsForOwner(organization.id);
  return { id: organization.id, name: organization.name, publishableKey: usable?.key ?? null, waitsForOwner };
}

/** What the terminal says once everything runs. */
export async function welcome(services: Services, first: FirstWorkspace | null): Promise<string> {
  const { config } = services;
  const lines = [
    ["Open", config.publicUrl],
    ["Connector", `${config.publicUrl}/mcp`],
  ];
  if (first) {
    lines.push(["Workspace", `${first.name} (${first.id})`]);
    if (first.publishableKey) lines.push(["Try it", `${config.publicUrl}/?key=${first.publishableKey}`]);
    if (first.waitsForOwner) lines.push(["Own it", await ownership(services)]);
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

/** How to become the owner of the first workspace: a link for who was named, else how whoever operates this gets one. */
async function ownership({ config, signInLinks }: Services): Promise<string> {
  const email = config.ownerEmail;
  if (!email) return "npm run avtrz -- sign-in-link you@example.com (who signs in first owns the workspace)";
  const { token } = await signInLinks.create(email);
  return signInLink(config.publicUrl, { token, email, next: "/workspaces" });
}
