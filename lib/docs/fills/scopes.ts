import { MCP_SCOPES, SCOPES, type Scope } from "#lib/oauth";
import { table } from "./table.ts";

const SHOWN: readonly Scope[] = [...MCP_SCOPES, "offline_access"];

/** What a connection may be allowed, in the consent screen's words. */
export function fillScopes(): string {
  return table(
    ["Scope", "Allows a client to"],
    SHOWN.map((scope) => [`\`${scope}\``, SCOPES[scope]]),
  );
}
