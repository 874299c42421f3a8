import { requireRole, type Viewer } from "#lib/organizations";
import { type Clock, monthOf } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { Cipher } from "#lib/platform/secret";
import type { KeyType } from "./format.ts";

/** A key as its page shows it. Times are ISO. */
export type KeyOverview = {
  id: string;
  type: KeyType;
  /** `mcp` is the key in the image addresses that AI clients are given. */
  purpose: "mcp" | null;
  name: string;
  /** The whole key, of a publishable one alone: a secret one can never be shown again. */
  key: string | null;
  last4: string;
  /** Empty is every site. */
  allowedDomains: string[];
  createdAt: string;
  /** Whose it is; null when the operator made it, or somebody who is gone. */
  createdBy: { userId: string; email: string } | null;
  /** True within a minute; null is never. */
  lastUsedAt: string | null;
  /** Of requests that were answered; those under way are counted a moment later. */
  unitsThisMonth: number;
  /** `rotating`: replaced, and working until `endsAt`. `expired`: that time is over. */
  status: "active" | "rotating" | "expired" | "revoked";
  endsAt: string | null;
  revokedAt: string | null;
  /** The key that took its place. */
  rotatedToId: string | null;
};

type Row = Pick<
  KeyOverview,
  "id" | "type" | "purpose" | "name" | "last4" | "allowedDomains" | "rotatedToId" | "unitsThisMonth"
> & {
  encrypted: Buffer | null;
  createdAt: Date;
  createdById: string | null;
  createdByEmail: string | null;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
};

/** Reads an organization's keys for its members. */
export function createKeyOverview({ db, clock, cipher }: { db: Database; clock: Clock; cipher: Cipher }) {
  function shown({ encrypted, createdById, createdByEmail, expiresAt, ...row }: Row): KeyOverview {
    const over = expiresAt !== null && expiresAt.getTime() <= clock.now();
    const replaced = row.rotatedToId ? "rotating" : "active";
    return {
      ...row,
      key: encrypted ? cipher.decrypt(encrypted) : null,
      createdBy: createdById && createdByEmail ? { userId: createdById, email: createdByEmail } : null,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
      revokedAt: row.revokedAt?.toISOString() ?? null,
      endsAt: expiresAt?.toISOString() ?? null,
      status: row.revokedAt ? "revoked" : over ? "expired" : replaced,
    };
  }

  /** All keys when `id` is null. What works comes first, then the newest. */
  async function read(organizationId: string, id: string | null): Promise<KeyOverview[]> {
    const rows = await db.query<Row>(READ, [organizationId, id, monthOf(clock.now())]);
    const keys = rows.map(shown);
    const works = ({ status }: KeyOverview) => status === "active" || status === "rotating";
    return [...keys.filter(works), ...keys.filter((key) => !works(key))];
  }

  return {
    /** Every key there was, for every member to see. Throws AppError `organization_not_found`. */
    async overview(viewer: Viewer, organizationId: string): Promise<KeyOverview[]> {
      await requireRole(db.query, organizationId, viewer, "member");
      return read(organizationId, null);
    },

    /** One key, or null. Throws AppError `organization_not_found`. */
    async find(viewer: Viewer, organizationId: string, id: string): Promise<KeyOverview | null> {
      await requireRole(db.query, organizationId, viewer, "member");
      return (await read(organizationId, id))[0] ?? null;
    },
  };
}

const READ = `
with units as (
  select source_id, sum(units) as units from request_day_source
  where organization_id = $1 and day >= $3::date group by source_id
)
select k.id, k.type, k.purpose, k.name, k.last4, k.encrypted, k.allowed_domains as "allowedDomains",
  k.created_at as "createdAt", u.id as "createdById", u.email as "createdByEmail", k.last_used_at as "lastUsedAt",
  k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.rotated_to_id as "rotatedToId",
  coalesce(units.units, 0)::bigint as "unitsThisMonth"
from api_key k left join "user" u on u.id = k.created_by_id left join units on units.source_id = k.id
where k.organization_id = $1 and ($2::text is null or k.id = $2)
order by k.created_at desc, k.id desc`;
