import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { createAuthorizationRequests } from "./authorization-requests.ts";
import type { OauthClient } from "./client-documents.ts";
import { oauthErrorOf } from "./error-code.ts";
import { identifyClient } from "./known-clients.ts";
import { isRegistered, withParameters } from "./redirect-uris.ts";
import { hashToken, newToken } from "./tokens.ts";

const CODE_LIFETIME_MS = 60_000;

/** What a person decided about a request that waits. */
export function createDecisions(options: {
  db: Database;
  clock: Clock;
  /** RFC 9207: every answer says whose it is. */
  issuer: string;
  requests: ReturnType<typeof createAuthorizationRequests>;
  findClient: (clientId: string) => Promise<OauthClient | null>;
}) {
  const { db, clock, issuer, requests, findClient } = options;

  return {
    /**
     * Connects the client to one of the person's workspaces and returns where to send the browser. Request, membership,
     * connection, code and audit line stand or fall together.
     * Throws AppError `not_a_member`, `authorization_request_over`, `client_unknown` or `redirect_uri_not_registered`.
     */
    async allow(id: string, userId: string, organizationId: string): Promise<string> {
      const waiting = await requests.find(id);
      // The network is asked before the transaction, never inside it.
      const client = waiting && (await findClient(waiting.clientId));
      if (waiting && !client) throw new AppError("client_unknown");
      // Its document may have changed since the request came.
      if (waiting && client && !isRegistered(client.redirectUris, waiting.redirectUri))
        throw new AppError("redirect_uri_not_registered");
      return db.transaction(async (query) => {
        const request = client && (await requests.take(query, id, userId));
        if (!request) throw new AppError("authorization_request_over");
        const member = await query("select 1 from membership where organization_id = $1 and user_id = $2 for share", [
          organizationId,
          userId,
        ]);
        if (member.length === 0) throw new AppError("not_a_member");
        const identity = identifyClient(client, request.redirectUri);
        const now = clock.now();
        const [connection] = await query<{ id: string; fresh: boolean }>(CONNECT, [
          newId("con", now),
          organizationId,
          userId,
          client.id,
          identity.name,
          identity.recognized ? identity.known : null,
          identity.redirectHost,
          client.redirectUris,
          request.scopes,
          request.resource,
          new Date(now),
        ]);
        const connectionId = connection?.id as string;
        const code = newToken("code");
        await query(
          `insert into authorization_code (hash, connection_id, family_id, client_id, redirect_uri, code_challenge, scopes, resource, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [
            hashToken(code),
            connectionId,
            newId("fam", now),
            client.id,
            request.redirectUri,
            request.codeChallenge,
            request.scopes,
            request.resource,
            new Date(now + CODE_LIFETIME_MS),
          ],
        );
        await recordAudit(query, clock, {
          organizationId,
          actor: userId,
          action: connection?.fresh ? "connection.create" : "connection.renew",
          target: connectionId,
          detail: {
            client: identity.name,
            clientId: client.id,
            verified: identity.verified,
            redirectHost: identity.redirectHost,
            scopes: request.scopes,
          },
        });
        const location = withParameters(request.redirectUri, { code, state: request.state, iss: issuer });
        await requests.keepOutcome(query, id, location);
        return location;
      });
    },

    /** Tells the client that the person said no, and returns where to send the browser. */
    async deny(id: string, userId: string): Promise<string> {
      return db.transaction(async (query) => {
        const request = await requests.take(query, id, userId);
        if (!request) throw new AppError("authorization_request_over");
        const location = errorLocation(request, new AppError("access_denied"), issuer);
        await requests.keepOutcome(query, id, location);
        return location;
      });
    },
  };
}

// A person who connects the same client again adds to the grant there is: other installs of that client go on working.
const CONNECT = `
insert into connection (id, organization_id, user_id, client_id, client_name, known_client, redirect_host, redirect_uris,
  scopes, resource, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (user_id, client_id, organization_id, resource) where revoked_at is null do update set
  client_name = excluded.client_name, known_client = excluded.known_client, redirect_host = excluded.redirect_host,
  redirect_uris = excluded.redirect_uris,
  scopes = (select array_agg(distinct scope order by scope) from unnest(connection.scopes || excluded.scopes) as scope)
returning id, (xmax = 0) as fresh`;

/** An error answer at the client's own address (OAuth 2.1, 4.1.2.1). */
export function errorLocation(
  to: { redirectUri: string; state: string | null },
  error: AppError,
  issuer: string,
): string {
  return withParameters(to.redirectUri, {
    error: oauthErrorOf(error),
    error_description: error.message.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'"),
    state: to.state,
    iss: issuer,
  });
}
