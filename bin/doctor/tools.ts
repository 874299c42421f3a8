import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { printable } from "./ask.ts";
import { CLIENT } from "./mcp-request.ts";
import { refusal } from "./refusal.ts";
import { found, type Step, Trouble, type Visit } from "./step.ts";

const TOOLS = ["get_profile_avatar", "get_profile", "get_publishable_key"];
const REFUSED = "A proxy strips the Authorization header, or the token is for another address than this one.";

/** The token opens the server, and the tools are there. */
export const toolsList: Step = {
  name: "tools",
  needs: ["token"],
  async run(visit) {
    const { tools } = await connected(visit, (client) => client.listTools());
    const names = tools.map(({ name }) => name);
    const missing = TOOLS.filter((name) => !names.includes(name));
    if (missing.length > 0) {
      throw new Trouble(
        `The server lists ${names.map(printable).join(", ") || "no tools"}; ${missing.join(", ")} is missing.`,
        "The connection has fewer scopes than the tools need, or it is another server.",
        "Connect again and allow everything that is asked for.",
      );
    }
    return `${names.length} tools: ${names.map(printable).join(", ")}.`;
  },
};

/** One call. The default costs nothing; a photo costs one unit, as everywhere. */
export const toolCall: Step = {
  name: "tool call",
  needs: ["tools"],
  async run(visit) {
    const call = visit.profile
      ? { name: "get_profile_avatar", arguments: { linkedin_url: visit.profile } }
      : { name: "get_publishable_key", arguments: {} };
    const result = await connected(visit, (client) => client.callTool(call));
    const blocks = result.content as { type: string; text?: string }[];
    const said = blocks.map(({ text }) => text ?? "").join(" ");
    if (result.isError) {
      throw new Trouble(
        `${call.name} says: ${printable(said)}`,
        "The connection works; this workspace or this person is what the tool objects to.",
        "Do what the tool's answer says.",
      );
    }
    return `${call.name} answers with ${blocks.map(({ type }) => type).join(" and ")}.`;
  },
};

async function connected<T>(visit: Visit, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(CLIENT);
  const headers = { authorization: `Bearer ${found(visit, "tokens").access_token}` };
  const transport = new StreamableHTTPClientTransport(new URL(visit.url), { requestInit: { headers } });
  try {
    // The library's own types differ under exactOptionalPropertyTypes.
    await client.connect(transport as Parameters<Client["connect"]>[0]);
    return await work(client);
  } catch (error) {
    return refusal("The server refused a fresh token or the call", REFUSED)(error);
  } finally {
    await client.close();
  }
}
