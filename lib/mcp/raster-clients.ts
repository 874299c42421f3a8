/** Clients (by `connection.known_client`) that show no SVG in an image block; they get a PNG of the same drawing. */
const RASTER_ONLY: ReadonlySet<string> = new Set(["claude", "claude-code", "chatgpt"]);

export function takesSvg(knownClient: string | null): boolean {
  return knownClient === null || !RASTER_ONLY.has(knownClient);
}
