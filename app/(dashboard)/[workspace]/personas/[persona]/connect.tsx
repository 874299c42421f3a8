import { Card, CodeBlock, CopyField } from "#lib/ui";
import type { OpenPersona } from "./open-persona.ts";

/** How AI clients reach a persona: here, or from a folder without a server. */
export function Connect({ opened: { dashboard, persona } }: { opened: OpenPersona }) {
  const { publicUrl } = dashboard.services.config;
  const address = `${publicUrl}/mcp/avatars/${persona.id}`;
  const json = (server: object) => JSON.stringify({ mcpServers: { [persona.slug]: server } }, null, 2);
  return (
    <Card
      title="Connect an AI client"
      detail="Paste the address where the client asks for an MCP server; it then opens this server for you to allow it."
    >
      <div className="flex flex-col gap-3">
        <CopyField text={address} what="the persona's address" label="Claude, ChatGPT and others" />
        <CopyField
          text={`claude mcp add --transport http ${persona.slug} ${address}`}
          what="the command for Claude Code"
          label="Claude Code"
        />
        <CodeBlock title="Cursor: mcp.json" code={json({ url: address })} what="the configuration for Cursor" />
        {!persona.builtIn && (
          <details className="rounded-lg border border-line">
            <summary className="cursor-pointer px-4 py-3 font-medium text-sm">Without a server</summary>
            <div className="flex flex-col gap-3 px-4 pb-4 text-quiet text-sm leading-6">
              <p className="text-pretty">
                The package <code className="font-mono text-xs">@avatar-sdk/mcp-server</code> serves an avatar from a
                folder of its own, on standard input and output: make it with{" "}
                <code className="font-mono text-xs">avatar-sdk init</code>, give it the same files, and name it to the
                client.{" "}
                <a href="/docs/personas#without-a-server" className="text-accent underline">
                  How
                </a>
              </p>
              <CodeBlock
                title="The client's configuration"
                what="the configuration for a client on this computer"
                code={json({
                  command: "npx",
                  args: ["@avatar-sdk/mcp-server", "--avatar", persona.slug, "--avatars", "/path/to/avatars"],
                })}
              />
            </div>
          </details>
        )}
      </div>
    </Card>
  );
}
