import { TOOLS } from "#lib/mcp";
import { propertyRows, type Schema } from "./schema.ts";
import { table } from "./table.ts";

/** A tool of /mcp as clients are shown it: scope, price, input, output, annotations. Throws for one that is not. */
export function fillTool(name: string): string {
  const tool = TOOLS.find((one) => one.name === name);
  if (!tool) throw new Error(`there is no tool ${name}`);
  const { description = "", inputSchema, outputSchema, annotations } = tool.listed("");
  const hints = Object.entries(annotations ?? {}).filter(([, value]) => typeof value === "boolean");
  const price = tool.subject ? "one unit of `avatar_requests`" : "nothing";
  return [
    description,
    `- Scope: \`${tool.scope}\`\n- Costs: ${price}\n- Annotations: ${hints.map(([hint, value]) => `\`${hint}: ${value}\``).join(", ")}`,
    "**Input**",
    properties(inputSchema as Schema, "It takes no input."),
    "**Output** (`structuredContent`)",
    properties(outputSchema as Schema, "None."),
  ].join("\n\n");
}

function properties(schema: Schema, none: string): string {
  const rows = propertyRows(schema);
  return rows.length === 0 ? none : table(["Name", "Type", "Required", "Meaning"], rows);
}
