/** What the connector is called in clients that ask for a name. */
export const CONNECTOR = "avtrz";

/** Opens Cursor, which asks whether to add the connector: its configuration, base64, in a query. */
export function cursorLink(publicUrl: string): string {
  const config = Buffer.from(JSON.stringify({ url: `${publicUrl}/mcp` })).toString("base64");
  return `cursor://anysphere.cursor-deeplink/mcp/install?name=${CONNECTOR}&config=${encodeURIComponent(config)}`;
}

/** The same for VS Code: JSON, and the whole query is the value. */
export function vscodeLink(publicUrl: string): string {
  return `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: CONNECTOR, type: "http", url: `${publicUrl}/mcp` }))}`;
}
