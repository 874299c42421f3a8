import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import type { Cipher } from "#lib/platform/secret";
import { normalizeDomains } from "./domains.ts";
import { hashKey, type KeyType, mintKey } from "./format.ts";
import { createMcpKey } from "./mcp-key.ts";

/** A key as lists show it. Times are ISO; `key` is there only for a publishable key, which may be shown again. */
export type KeySummary = {
  id: string;
  type: KeyType;
  name: string;
  key: string | null;
  last4: string;
  allowedDomains: string[];
  createdBy: string | null;
  createdAt: string;
  lastUsedAt: string | null;
  status: "active" | "rotating" | "revoked";
  expiresAt: string | null;
};

/** A key just made. `key` is the whole key; a secret one can never be read again. */
export type MintedKey = { id: string; key: string; type: KeyType; name: string; allowedDomains: string[] };

/** How long a rotated key may go on working, in seconds. */
export const GRACE_CHOICES = { now: 0, "15m": 900, "1h": 3_600, "6h": 21_600, "24h": 86_400 } as const;

export type NewKey = {
  /** Chosen beforehand by whoever may ask twice for one key; of the same id there is one key. */
  id?: string | undefined;
  type: KeyType;
  name: string;
  allowedDomains?: readonly string[] | undefined;
  createdBy?: string | undefined;
  purpose?: "mcp" | undefined;
};

/** Makes, lists, rotates and revokes an organization's keys. `actor` is who the audit log will name. */
export function createKeyManager({ db, clock, cipher }: { db: Database; clock: Clock; cipher: Cipher }) {
  /** Null when the organization has an active key of this purpose already, or there is a key of this id. */
  async function insert(query: Query, organizationId: string, wanted: NewKey, id: string): Promise<MintedKey | null> {
    const key = mintKey(wanted.type);
    const allowedDomains = normalizeDomains(wanted.allowedDomains ?? []);
    const inserted = await query(
      `insert into api_key
         (id, organization_id, type, name, hash, last4, encrypted, allowed_domains, created_by_id, created_at, purpose)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict do nothing returning id`,
      [
        id,
        organizationId,
        wanted.type,
        wanted.name,
        hashKey(key),
        key.slice(-4),
        wanted.type === "publishable" ? cipher.encrypt(key) : null,
        allowedDomains,
        wanted.createdBy ?? null,
        new Date(clock.now()),
        wanted.purpose ?? null,
      ],
    );
    if (inserted.length === 0) return null;
    return { id, key, type: wanted.type, name: wanted.name, allowedDomains };
  }

  async function mint(query: Query, organizationId: string, wanted: NewKey, id: string): Promise<MintedKey> {
    const minted = await insert(query, organizationId, wanted, id);
    if (!minted) throw new AppError("key_conflict", { fields: { id } });
    return minted;
  }

  /** Locks the key's row and returns it, or throws `key_not_found` for a key of another organization too. */
  async function lock(query: Query, organizationId: string, id: string): Promise<LockedKey> {
    const [row] = await query<LockedKey>(
      `select type, name, allowed_domains as "allowedDomains", created_by_id as "createdBy", purpose,
         revoked_at is not null or rotated_to_id is not null as "retired", revoked_at is not null as "revoked"
       from api_key where id = $1 and organization_id = $2 for update`,
      [id, organizationId],
    );
    if (!row) throw new AppError("key_not_found", { fields: { id } });
    return row;
  }

  return {
    ...createMcpKey({ db, clock, cipher, insert }),

    async create(organizationId: string, wanted: NewKey, actor: string): Promise<MintedKey> {
      return db.transaction(async (query) => {
        const found = await query("select 1 from organization where id = $1", [organizationId]);
        if (found.length === 0) throw new AppError("organization_not_found", { fields: { id: organizationId } });
        const minted = await mint(query, organizationId, wanted, wanted.id ?? newId("key", clock.now()));
        await recordAudit(query, clock, {
          organizationId,
          actor,
          action: "key.create",
          target: minted.id,
          detail: { type: wanted.type, name: wanted.name, domains: minted.allowedDomains },
        });
        return minted;
      });
    },

    async list(organizationId: string): Promise<KeySummary[]> {
      const prisma = await db.prisma();
      const rows = await prisma.apiKey.findMany({
        where: { organizationId },
        orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      });
      return rows.map((row) => {
        const gone = row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt.getTime() <= clock.now());
        return {
          id: row.id,
          type: row.type as KeyType,
          name: row.name,
          key: row.encrypted ? cipher.decrypt(row.encrypted) : null,
          last4: row.last4,
          allowedDomains: row.allowedDomains,
          createdBy: row.createdById,
          createdAt: row.createdAt.toISOString(),
          lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
          status: gone ? "revoked" : row.rotatedToId ? "rotating" : "active",
          expiresAt: row.expiresAt?.toISOString() ?? null,
        };
      });
    },

    /** Replaces the list of domains a publishable key may be used from; an empty list lifts the restriction. */
    async setDomains(organizationId: string, id: string, domains: readonly string[], actor: string): Promise<string[]> {
      const allowedDomains = normalizeDomains(domains);
      await db.transaction(async (query) => {
        if ((await lock(query, organizationId, id)).revoked) throw new AppError("key_conflict", { fields: { id } });
        await query("update api_key set allowed_domains = $2 where id = $1", [id, allowedDomains]);
        await recordAudit(query, clock, {
          organizationId,
          actor,
          action: "key.domains",
          target: id,
          detail: { domains: allowedDomains },
        });
      });
      return allowedDomains;
    },

    /**
     * Makes a key of the same type, name, domains and purpose; the old one goes on working for `graceSeconds`.
     * Throws `key_conflict` when it was rotated or revoked already, so of two at once only one succeeds.
     */
    async rotate(organizationId: string, id: string, graceSeconds: number, actor: string): Promise<MintedKey> {
      return db.transaction(async (query) => {
        const old = await lock(query, organizationId, id);
        if (old.retired) throw new AppError("key_conflict", { fields: { id } });
        const to = newId("key", clock.now());
        // First, since of a purpose there is one active key at any moment.
        await query("update api_key set rotated_to_id = $2, expires_at = $3 where id = $1", [
          id,
          to,
          new Date(clock.now() + graceSeconds * 1_000),
        ]);
        const { createdBy, purpose, ...same } = old;
        const wanted = { ...same, createdBy: createdBy ?? undefined, purpose: purpose ?? undefined };
        const minted = await mint(query, organizationId, wanted, to);
        await recordAudit(query, clock, {
          organizationId,
          actor,
          action: "key.rotate",
          target: id,
          detail: { to: minted.id, graceSeconds },
        });
        return minted;
      });
    },

    /** Ends a key at once, also during its grace. Revoking it again changes nothing. */
    async revoke(organizationId: string, id: string, actor: string, reason?: string): Promise<void> {
      await db.transaction(async (query) => {
        if ((await lock(query, organizationId, id)).revoked) return;
        await query("update api_key set revoked_at = $2 where id = $1", [id, new Date(clock.now())]);
        await recordAudit(query, clock, {
          organizationId,
          actor,
          action: "key.revoke",
          target: id,
          detail: reason ? { reason } : {},
        });
      });
    },
  };
}

type LockedKey = {
  type: KeyType;
  name: string;
  allowedDomains: string[];
  createdBy: string | null;
  purpose: "mcp" | null;
  retired: boolean;
  revoked: boolean;
};
