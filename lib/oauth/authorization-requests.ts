import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { newId } from "#lib/platform/ids";
import type { Cipher } from "#lib/platform/secret";
import type { CheckedRequest } from "./authorize.ts";

/** A checked request that waits for a person. */
export type AuthorizationRequest = {
  id: string;
  clientId: string;
  redirectUri: string;
  state: string | null;
  codeChallenge: string;
  scopes: string[];
  resource: string;
};

type StoredRequest = AuthorizationRequest & {
  decidedAt: Date | null;
  decidedById: string | null;
  outcome: Buffer | null;
};

/** False for what was never a request's id, which then costs no database read. */
export function isRequestId(text: string): boolean {
  return /^areq_\w{26}$/.test(text);
}

/** Long enough to wait for a sign-in mail. */
const LIFETIME_MS = 30 * 60_000;
/** As long as the code in it works: a second click on the same button leads where the first did. */
const OUTCOME_LIFETIME_MS = 60_000;

const COLUMNS = `id, client_id as "clientId", redirect_uri as "redirectUri", state, code_challenge as "codeChallenge", scopes,
  resource, decided_at as "decidedAt", decided_by_id as "decidedById", outcome`;

/** Requests between the client's redirect and the person's decision. What a form sends back is the id alone. */
export function createAuthorizationRequests({ db, clock, cipher }: { db: Database; clock: Clock; cipher: Cipher }) {
  return {
    /** Keeps a checked request and returns its id. */
    async create(checked: CheckedRequest): Promise<string> {
      const now = clock.now();
      const id = newId("areq", now);
      await db.query(
        `insert into authorization_request (id, client_id, redirect_uri, state, code_challenge, scopes, resource, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          id,
          checked.client.id,
          checked.redirectUri,
          checked.state,
          checked.codeChallenge,
          checked.scopes,
          checked.resource,
          new Date(now),
          new Date(now + LIFETIME_MS),
        ],
      );
      return id;
    },

    /** The request, or null when there is none that still waits. */
    async find(id: string): Promise<AuthorizationRequest | null> {
      if (!isRequestId(id)) return null;
      const [row] = await db.query<StoredRequest>(
        `select ${COLUMNS} from authorization_request where id = $1 and decided_at is null and expires_at > $2`,
        [id, new Date(clock.now())],
      );
      return row ? strip(row) : null;
    },

    /** Where this user's decision sent the browser, for a form that was sent twice; null when that is over. */
    async outcome(id: string, userId: string): Promise<string | null> {
      const [row] = await db.query<StoredRequest>(
        `select ${COLUMNS} from authorization_request where id = $1 and decided_by_id = $2 and decided_at > $3`,
        [id, userId, new Date(clock.now() - OUTCOME_LIFETIME_MS)],
      );
      return row?.outcome ? cipher.decrypt(row.outcome) : null;
    },

    /** Marks the request as decided, once, inside the decision's transaction; null when it does not wait any more. */
    async take(query: Query, id: string, userId: string): Promise<AuthorizationRequest | null> {
      const now = new Date(clock.now());
      const [row] = await query<StoredRequest>(
        `update authorization_request set decided_at = $2, decided_by_id = $3
         where id = $1 and decided_at is null and expires_at > $2 returning ${COLUMNS}`,
        [id, now, userId],
      );
      return row ? strip(row) : null;
    },

    /** Keeps where the decision leads, encrypted since a code stands in it. */
    async keepOutcome(query: Query, id: string, location: string): Promise<void> {
      await query("update authorization_request set outcome = $2 where id = $1", [id, cipher.encrypt(location)]);
    },
  };
}

function strip({ decidedAt, decidedById, outcome, ...request }: StoredRequest): AuthorizationRequest {
  return request;
}
