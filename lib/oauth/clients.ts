import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import { isDocumentAddress, type OauthClient } from "./client-documents.ts";
import { ClientMetadata, cleanName, cleanUri, usableRedirectUris } from "./client-metadata.ts";

/** The answer to a registration (RFC 7591, 3.2.1). What was asked for and is done otherwise stands in it as it is done. */
export type Registration = {
  client_id: string;
  client_id_issued_at: number;
  client_name?: string;
  client_uri?: string;
  redirect_uris: string[];
  grant_types: string[];
  response_types: string[];
  token_endpoint_auth_method: "none";
  application_type?: string;
};

/** OAuth clients: registered ones, and those that their metadata document describes. All are public clients. */
export function createClients(options: {
  db: Database;
  clock: Clock;
  findDocument: (clientId: string) => Promise<OauthClient>;
}) {
  const { db, clock, findDocument } = options;
  return {
    /** The client, or null when there is none; throws for a metadata document that cannot be had or used. */
    async find(clientId: string): Promise<OauthClient | null> {
      if (isDocumentAddress(clientId)) return findDocument(clientId);
      if (!/^cli_\w{26}$/.test(clientId)) return null;
      const [row] = await db.query<OauthClient>(
        `select id, kind, name, client_uri as "clientUri", redirect_uris as "redirectUris"
         from oauth_client where id = $1 and kind = 'registered'`,
        [clientId],
      );
      return row ?? null;
    },

    /** Whether the client was seen here before. A document's copy is enough: at the token endpoint nothing more is read of it. */
    async exists(clientId: string): Promise<boolean> {
      if (!/^[!-~]{1,2000}$/.test(clientId)) return false;
      const rows = await db.query(
        `select 1 from oauth_client where id = $1 union all select 1 from connection where client_id = $1 limit 1`,
        [clientId],
      );
      return rows.length > 0;
    },

    /**
     * Registers a client (RFC 7591). Unknown fields are ignored and every client is made a public one.
     * Throws AppError `invalid_client_metadata` or `invalid_redirect_uri`.
     */
    async register(body: unknown): Promise<Registration> {
      const metadata = ClientMetadata.safeParse(body);
      if (!metadata.success) {
        const issue = metadata.error.issues[0];
        const about = issue?.path[0] === "redirect_uris";
        const problem = about ? `redirect_uris: ${issue?.message}` : "it is not a JSON object";
        throw new AppError(about ? "invalid_redirect_uri" : "invalid_client_metadata", { fields: { problem } });
      }
      const redirects = usableRedirectUris(metadata.data.redirect_uris);
      if (!redirects.ok) throw new AppError("invalid_redirect_uri", { fields: { problem: redirects.problem } });
      const now = clock.now();
      const id = newId("cli", now);
      const name = cleanName(metadata.data.client_name);
      const clientUri = cleanUri(metadata.data.client_uri);
      await db.query(
        `insert into oauth_client (id, kind, name, client_uri, redirect_uris, created_at)
         values ($1, 'registered', $2, $3, $4, $5)`,
        [id, name, clientUri, redirects.usable, new Date(now)],
      );
      const applicationType = (body as Record<string, unknown>)["application_type"];
      return {
        client_id: id,
        client_id_issued_at: Math.floor(now / 1_000),
        ...(name ? { client_name: name } : {}),
        ...(clientUri ? { client_uri: clientUri } : {}),
        redirect_uris: redirects.usable,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
        ...(applicationType === "native" || applicationType === "web" ? { application_type: applicationType } : {}),
      };
    },
  };
}
