import { actorOf, type Role, requireRole, type Viewer } from "#lib/organizations";
import type { Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";

/**
 * Who looks at personas or gives them files: a person or the operator, or a server of the workspace with a secret key.
 * Owners and admins make such keys, so a key may what an admin may, in its own workspace alone.
 */
export type Asker = Viewer | { keyId: string; organizationId: string };

/** Throws AppError `organization_not_found` or `role_too_low`, as `requireRole` does. */
export async function requireAsker(query: Query, organizationId: string, asker: Asker, needed: Role): Promise<void> {
  if (asker === "operator" || "userId" in asker) await requireRole(query, organizationId, asker, needed);
  else if (asker.organizationId !== organizationId || needed === "owner")
    throw new AppError("organization_not_found", { fields: { id: organizationId } });
}

/** As the audit log names them. */
export function actorOfAsker(asker: Asker): string {
  return asker !== "operator" && "keyId" in asker ? asker.keyId : actorOf(asker);
}
