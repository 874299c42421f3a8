import { fillConfiguration } from "./fills/configuration.ts";
import { CONNECTOR, cursorLink, vscodeLink } from "./fills/connect.ts";
import { fillPlans } from "./fills/plans.ts";
import { fillReference } from "./fills/reference.ts";
import { fillScopes } from "./fills/scopes.ts";
import { fillTool } from "./fills/tool.ts";

/** What stands in a page as `{{NAME}}` or `{{NAME argument}}`: what only this installation or the code itself knows. */
const FILLS: Readonly<Record<string, (publicUrl: string, argument: string) => string>> = {
  PUBLIC_URL: (publicUrl) => publicUrl,
  MCP_URL: (publicUrl) => `${publicUrl}/mcp`,
  CONNECTOR: () => CONNECTOR,
  CURSOR_LINK: cursorLink,
  VSCODE_LINK: vscodeLink,
  REFERENCE: fillReference,
  TOOL: (_publicUrl, name) => fillTool(name),
  SCOPES: fillScopes,
  PLANS: fillPlans,
  CONFIGURATION: fillConfiguration,
};

/** A page's source with everything filled in. Throws on a name that is not known. */
export function fill(source: string, publicUrl: string): string {
  return source.replace(/\{\{(\w+)(?: ([\w-]+))?\}\}/g, (whole, name: string, argument = "") => {
    const value = Object.hasOwn(FILLS, name) ? FILLS[name] : undefined;
    if (!value) throw new Error(`nothing fills in ${whole}`);
    return value(publicUrl, argument);
  });
}
