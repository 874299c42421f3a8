import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { createKeyManager, MintedKey, NewKey } from "./manage.ts";

const MAX_NAME_LENGTH = 80;

/**
 * What owners and admins do with their organization's keys. Every function throws AppError `organization_not_found`
 * for whoever is no member and `role_too_low` for members.
 */
export function createKeyAdministration(options: {
  db: Database;
  clock: Clock;
  manager: ReturnType<typeof createKeyManager>;
}) {
  const { db, clock, manager } = options;
  const permit = (viewer: Viewer, organizationId: string) => requireRole(db.query, organizationId, viewer, "admin");

  return {
    /**
     * Makes a key; a secret one is in the answer and nowhere else.
     * Throws `invalid_name`, `invalid_domain`, and `key_conflict` when there is a key of this `id` already.
     */
    async create(
      viewer: Viewer,
      organizationId: string,
      wanted: Pick<NewKey, "id" | "type" | "name" | "allowedDomains">,
    ): Promise<MintedKey> {
      await permit(viewer, organizationId);
      const createdBy = viewer === "operator" ? undefined : viewer.userId;
      return manager.create(organizationId, { ...wanted, name: nameOf(wanted.name), createdBy }, actorOf(viewer));
    },

    /** Throws `key_not_found`, `invalid_name`. */
    async rename(viewer: Viewer, organizationId: string, id: string, name: string): Promise<void> {
      const wanted = nameOf(name);
      await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        const [before] = await query<{ name: string }>(
          "select name from api_key where organization_id = $1 and id = $2 for update",
          [organizationId, id],
        );
        if (!before) throw new AppError("key_not_found", { fields: { id } });
        await query("update api_key set name = $3 where organization_id = $1 and id = $2", [
          organizationId,
          id,
          wanted,
        ]);
        await recordAudit(query, clock, {
          organizationId,
          actor: actorOf(viewer),
          action: "key.rename",
          target: id,
          detail: { from: before.name, to: wanted },
        });
      });
    },

    /** Replaces the list of sites; an empty one allows every site. Throws `key_not_found`, `key_conflict`, `invalid_domain`. */
    async setDomains(viewer: Viewer, organizationId: string, id: string, domains: readonly string[]) {
      await permit(viewer, organizationId);
      return manager.setDomains(organizationId, id, domains, actorOf(viewer));
    },

    /** Makes a key in another's place, which works for `graceSeconds` more. Throws `key_not_found`, `key_conflict`. */
    async rotate(viewer: Viewer, organizationId: string, id: string, graceSeconds: number): Promise<MintedKey> {
      await permit(viewer, organizationId);
      return manager.rotate(organizationId, id, graceSeconds, actorOf(viewer));
    },

    /** Ends a key at once. Throws `key_not_found`. */
    async revoke(viewer: Viewer, organizationId: string, id: string): Promise<void> {
      await permit(viewer, organizationId);
      await manager.revoke(organizationId, id, actorOf(viewer));
    },
  };
}

function nameOf(given: string): string {
  const name = given.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
  if (name === "" || name.length > MAX_NAME_LENGTH) throw new AppError("invalid_name");
  return name;
}
