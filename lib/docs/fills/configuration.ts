import { SETTINGS } from "#lib/platform/config";
import { table } from "./table.ts";

/** Every setting, by group, from the schema that checks them. */
export function fillConfiguration(): string {
  const groups = Map.groupBy(Object.entries(SETTINGS), ([, setting]) => setting.group);
  return [...groups]
    .map(([group, settings]) => {
      const rows = settings.map(([name, { about }]) => [`\`${name}\``, about]);
      return `### ${group}\n\n${table(["Setting", "What it does"], rows)}`;
    })
    .join("\n\n");
}
