import { existsSync } from "node:fs";

/**
 * Runs a program of this package: what was built, and in a checkout the sources themselves.
 * @param {string} name of the file in src, without its ending
 */
export async function start(name) {
  const source = new URL(`../src/${name}.ts`, import.meta.url);
  const built = new URL(`../dist/packages/mcp-server/src/${name}.js`, import.meta.url);
  if (existsSync(source) && process.features.typescript) return import(source.href);
  if (existsSync(built)) return import(built.href);
  console.error("This checkout is not built: run `npm pack` in packages/mcp-server once, or use Node 24.");
  process.exit(1);
}
