import { createHash, timingSafeEqual } from "node:crypto";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { requireResource } from "./authorize.ts";
import { hashToken, newToken } from "./tokens.ts";

/** A successful token answer (RFC 6749, 5.1). */
export type TokenAnswer = {
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
  refresh_token: string;
  scope: string;
};

type CodeRow = {
  connectionId: string;
  familyId: string;
  clientId: string;
  redirectUri: string;
  codeChallenge: string;
  resource: string;
  expiresAt: Date;
  usedAt: Date | null;
  failedAttempts: number;
};
type RefreshRow = {
  connectionId: string;
  familyId: string;
  clientId: string;
  scopes: string[];
  resource: string;
  expiresAt: Date;
  usedAt: Date | null;
  revoked: boolean;
};
/** What new tokens descend from. */
type Origin = {
  connectionId: string;
  familyId: string;
  clientId: string;
  /** Of the refresh token; an access token may have fewer. */
  scopes: string[];
  resource: string;
};

export const ACCESS_LIFETIME_SECONDS = 3_600;
const REFRESH_LIFETIME_MS = 30 * 86_400_000;
/** A verifier may be wrong by accident (two attempts crossed), but not again and again. */
const MAX_FAILED_ATTEMPTS = 5;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** Codes and refresh tokens into tokens. Each is used by one conditional UPDATE, in the transaction that issues. */
export function createGrants({ db, clock, graceSeconds }: { db: Database; clock: Clock; graceSeconds: number }) {
  async function issue(query: Query, origin: Origin, scopes = origin.scopes): Promise<TokenAnswer> {
    const { connectionId, familyId, clientId, resource } = origin;
    const now = clock.now();
    const access = newToken("access");
    const refresh = newToken("refresh");
    const issued = await query(ISSUE, [
      connectionId,
      familyId,
      clientId,
      origin.scopes,
      resource,
      new Date(now),
      hashToken(access),
      new Date(now + ACCESS_LIFETIME_SECONDS * 1_000),
      hashToken(refresh),
      new Date(now + REFRESH_LIFETIME_MS),
      scopes,
    ]);
    if (issued.length === 0) throw new AppError("invalid_grant");
    return {
      access_token: access,
      token_type: "Bearer",
      expires_in: ACCESS_LIFETIME_SECONDS,
      refresh_token: refresh,
      scope: scopes.join(" "),
    };
  }

  /** Ends all that descends from one code: somebody has a copy, and nobody can tell who (RFC 9700, 4.14.2). */
  async function endFamily({ familyId, connectionId }: Pick<Origin, "familyId" | "connectionId">, what: string) {
    await db.transaction(async (query) => {
      await query("select from connection where id = $1 for update", [connectionId]);
      const now = new Date(clock.now());
      await query("update access_token set revoked_at = $2 where family_id = $1 and revoked_at is null", [
        familyId,
        now,
      ]);
      const ended = await query(
        "update refresh_token set revoked_at = $2 where family_id = $1 and revoked_at is null returning hash",
        [familyId, now],
      );
      if (ended.length === 0) return;
      const [connection] = await query<{ organizationId: string }>(
        `select organization_id as "organizationId" from connection where id = $1`,
        [connectionId],
      );
      if (connection)
        await recordAudit(query, clock, {
          ...connection,
          actor: "system",
          action: "connection.replay",
          target: connectionId,
          detail: { what },
        });
    });
    return new AppError("invalid_grant");
  }

  return {
    /**
     * An authorization code into tokens (OAuth 2.1, 4.1.3). Everything is checked before the code is used, so a wrong
     * client, address, resource or verifier leaves it to whom it was given.
     * Throws AppError `invalid_grant` or `invalid_target`.
     */
    async exchangeCode(asked: {
      clientId: string;
      code: string;
      redirectUri: string | null;
      verifier: string;
      resources: readonly string[];
    }): Promise<TokenAnswer> {
      const hash = hashToken(asked.code);
      const [code] = await db.query<CodeRow>(
        `select connection_id as "connectionId", family_id as "familyId", client_id as "clientId",
           redirect_uri as "redirectUri", code_challenge as "codeChallenge", resource, expires_at as "expiresAt",
           used_at as "usedAt", failed_attempts as "failedAttempts"
         from authorization_code where hash = $1`,
        [hash],
      );
      if (!code || code.clientId !== asked.clientId) throw new AppError("invalid_grant");
      if (code.usedAt !== null) throw await endFamily(code, "authorization_code");
      if (code.expiresAt.getTime() <= clock.now() || code.failedAttempts >= MAX_FAILED_ATTEMPTS)
        throw new AppError("invalid_grant");
      for (const resource of asked.resources) requireResource(resource, code.resource);
      if (asked.redirectUri !== null && asked.redirectUri !== code.redirectUri) throw new AppError("invalid_grant");
      if (!provesKey(asked.verifier, code.codeChallenge)) {
        await db.query("update authorization_code set failed_attempts = failed_attempts + 1 where hash = $1", [hash]);
        throw new AppError("invalid_grant");
      }
      const answer = await db.transaction(async (query) => {
        await query(HOLD, [code.connectionId]);
        const [used] = await query<Origin>(
          `update authorization_code set used_at = $2
           where hash = $1 and used_at is null and expires_at > $2 and failed_attempts < $3
           returning connection_id as "connectionId", family_id as "familyId", client_id as "clientId", scopes, resource`,
          [hash, new Date(clock.now()), MAX_FAILED_ATTEMPTS],
        );
        return used ? issue(query, used) : null;
      });
      // Somebody else was faster with the same code and the same proof: two have it.
      if (!answer) throw await endFamily(code, "authorization_code");
      return answer;
    },

    /**
     * A refresh token into new tokens (OAuth 2.1, 4.3). It works once; for `graceSeconds` after that whoever presents it
     * again, because an answer was lost or two requests crossed, gets tokens too. Later it ends the whole family.
     * Throws AppError `invalid_grant`, `invalid_scope` or `invalid_target`.
     */
    async refresh(asked: {
      clientId: string;
      refreshToken: string;
      scope: string | null;
      resources: readonly string[];
    }): Promise<TokenAnswer> {
      const hash = hashToken(asked.refreshToken);
      const [token] = await db.query<RefreshRow>(
        `select connection_id as "connectionId", family_id as "familyId", client_id as "clientId", scopes, resource,
           expires_at as "expiresAt", used_at as "usedAt", revoked_at is not null as revoked
         from refresh_token where hash = $1`,
        [hash],
      );
      if (!token || token.clientId !== asked.clientId || token.revoked) throw new AppError("invalid_grant");
      if (token.expiresAt.getTime() <= clock.now()) throw new AppError("invalid_grant");
      for (const resource of asked.resources) requireResource(resource, token.resource);
      const scopes = narrowed(token.scopes, asked.scope);
      const inGrace = (usedAt: Date) => usedAt.getTime() + graceSeconds * 1_000 > clock.now();
      if (token.usedAt !== null && !inGrace(token.usedAt)) throw await endFamily(token, "refresh_token");
      const answer = await db.transaction(async (query) => {
        await query(HOLD, [token.connectionId]);
        const used = await query(
          "update refresh_token set used_at = $2 where hash = $1 and used_at is null and revoked_at is null returning hash",
          [hash, new Date(clock.now())],
        );
        return used.length > 0 || graceSeconds > 0 ? issue(query, token, scopes) : null;
      });
      if (!answer) throw await endFamily(token, "refresh_token");
      return answer;
    },
  };
}

// Taken before anything is issued: whoever ends the connection or a family of its tokens waits, and then finds these too.
const HOLD = "select from connection where id = $1 for share";

// While the connection stands, its user is still a member, and the family was not ended meanwhile.
const ISSUE = `
with live as (
  select c.id from connection c
  join membership m on m.organization_id = c.organization_id and m.user_id = c.user_id
  where c.id = $1 and c.revoked_at is null
    and not exists (select from refresh_token r where r.family_id = $2 and r.revoked_at is not null)
), access as (
  insert into access_token (hash, connection_id, family_id, scopes, resource, created_at, expires_at)
  select $7, id, $2, $11, $5, $6, $8 from live
), refresh as (
  insert into refresh_token (hash, connection_id, family_id, client_id, scopes, resource, created_at, expires_at)
  select $9, id, $2, $3, $4, $5, $6, $10 from live
)
select id from live`;

/** RFC 7636, 4.6. */
function provesKey(verifier: string, challenge: string): boolean {
  if (!VERIFIER.test(verifier)) return false;
  const made = createHash("sha256").update(verifier).digest();
  const wanted = Buffer.from(challenge, "base64url");
  return made.length === wanted.length && timingSafeEqual(made, wanted);
}

/** The scopes asked for, which must be among those granted (RFC 6749, 6). Asking for none means all of them. */
function narrowed(granted: string[], asked: string | null): string[] {
  const wanted = (asked ?? "").split(" ").filter(Boolean);
  if (wanted.length === 0) return granted;
  const more = wanted.filter((scope) => !granted.includes(scope));
  if (more.length > 0)
    throw new AppError("invalid_scope", {
      fields: {
        scope: more
          .join(" ")
          .replace(/[^\x20-\x7e]|["\\]/g, "?")
          .slice(0, 200),
      },
    });
  return granted.filter((scope) => wanted.includes(scope));
}
