import type { Config } from "#lib/platform/config";
import type { Provider } from "../provider.ts";
import { createUnipile } from "./unipile.ts";

/** The HTTP providers that have credentials, in the order configured. */
export function httpProviders(config: Config): Provider[] {
  return config.providers.flatMap((name) => {
    if (name === "unipile" && config.unipile) return [createUnipile(config.unipile)];
    return [];
  });
}
