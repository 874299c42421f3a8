import { type AppError, CATALOG, type CatalogEntry } from "#lib/platform/errors";

/** The `error` that OAuth has for a failure; for what is ours alone whether it passes, so that clients try again. */
export function oauthErrorOf({ code }: AppError): string {
  const entry: CatalogEntry = CATALOG[code];
  if (entry.oauth !== undefined) return entry.oauth;
  if (entry.status === 429 || entry.status === 503) return "temporarily_unavailable";
  return entry.status >= 500 ? "server_error" : "invalid_request";
}
