import { LRUCache } from "lru-cache";
import { recordAudit } from "#lib/platform/audit";
import { createBatcher } from "#lib/platform/batch";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { newId } from "#lib/platform/ids";
import type { Cipher } from "#lib/platform/secret";
import { typeOfKey } from "./format.ts";
import type { MintedKey, NewKey } from "./manage.ts";

/**
 * The key that image addresses given to AI clients carry. `revoked`: there was one, and somebody ended it. `missing`:
 * none was made yet; `ownerless` says that the workspace has nobody under whom it could be.
 */
export type McpKey =
  | { status: "ready"; key: string }
  | { status: "revoked" }
  | { status: "missing"; ownerless: boolean };

type KeyRow = { organizationId: string; encrypted: Buffer | null; made: boolean; ownerless: boolean };

/** How long an answer of the database is believed, as with any other key. */
const REMEMBER_MS = 500;
const NAME = "AI clients (MCP)";

/**
 * The workspace's key of purpose `mcp`: publishable and without a list of domains, so that addresses with it show
 * wherever they are pasted. `insert` answers null when another one of that purpose is active.
 */
export function createMcpKey({
  db,
  clock,
  cipher,
  insert,
}: {
  db: Database;
  clock: Clock;
  cipher: Cipher;
  insert: (query: Query, organizationId: string, wanted: NewKey, id: string) => Promise<MintedKey | null>;
}) {
  const remembered = new LRUCache<string, { answer: McpKey; until: number }>({ max: 20_000 });

  const load = createBatcher<string, McpKey>({
    maxItems: 256,
    maxInFlight: 2,
    run: async (organizations) => {
      const rows = await db.query<KeyRow>(FIND, [organizations]);
      const found = new Map(rows.map((row) => [row.organizationId, toAnswer(row)]));
      return organizations.map((id) => found.get(id) ?? { status: "missing", ownerless: true });
    },
  });

  function toAnswer({ encrypted, made, ownerless }: KeyRow): McpKey {
    const key = encrypted && cipher.decrypt(encrypted);
    // Whatever a row may say, nothing but a publishable key leaves through here.
    if (key && typeOfKey(key) === "publishable") return { status: "ready", key };
    return made ? { status: "revoked" } : { status: "missing", ownerless };
  }

  return {
    async mcpKey(organizationId: string): Promise<McpKey> {
      const known = remembered.get(organizationId);
      const now = clock.now();
      if (known && known.until > now) return known.answer;
      const answer = await load(organizationId);
      remembered.set(organizationId, { answer, until: now + REMEMBER_MS });
      return answer;
    },

    /**
     * Makes the key unless there is one: under the connecting user when they are an owner or admin, else under one who
     * is. Null when nobody is, or when the key was revoked and somebody else than an owner or admin connects: they may
     * not undo that. However many connect at once, one key is made.
     */
    async provisionMcpKey(organizationId: string, connectingUserId: string): Promise<{ id: string } | null> {
      remembered.delete(organizationId);
      return db.transaction(async (query) => {
        const [state] = await query<State>(STATE, [organizationId, connectingUserId]);
        if (state?.activeId) return { id: state.activeId };
        if (!state?.makerId || (state.made && state.makerId !== connectingUserId)) return null;
        const id = newId("key", clock.now());
        const wanted: NewKey = { type: "publishable", name: NAME, createdBy: state.makerId, purpose: "mcp" };
        if (!(await insert(query, organizationId, wanted, id))) {
          const [made] = await query<State>(STATE, [organizationId, connectingUserId]);
          return made?.activeId ? { id: made.activeId } : null;
        }
        await recordAudit(query, clock, {
          organizationId,
          actor: connectingUserId,
          action: "key.create",
          target: id,
          detail: { type: wanted.type, name: NAME, purpose: "mcp", under: state.makerId },
        });
        return { id };
      });
    },
  };
}

const ACTIVE = "purpose = 'mcp' and revoked_at is null and rotated_to_id is null";

const FIND = `
select o.id as "organizationId", k.encrypted,
  exists (select from api_key where organization_id = o.id and purpose = 'mcp') as made,
  not exists (select from membership where organization_id = o.id and role in ('owner', 'admin')) as ownerless
from organization o
left join api_key k on k.organization_id = o.id and k.type = 'publishable' and k.${ACTIVE.replaceAll(" and ", " and k.")}
where o.id = any($1::text[])`;

type State = { activeId: string | null; made: boolean; makerId: string | null };

const STATE = `
select
  (select id from api_key where organization_id = $1 and ${ACTIVE}) as "activeId",
  exists (select from api_key where organization_id = $1 and purpose = 'mcp') as made,
  (select user_id from membership where organization_id = $1 and role in ('owner', 'admin')
   order by user_id = $2 desc, role = 'owner' desc, created_at, user_id limit 1) as "makerId"`;
