import type { Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { Role } from "./organizations.ts";

/** Who asks for something about an organization. The operator stands above all roles. */
export type Viewer = { userId: string } | "operator";

const RANK: Readonly<Record<Role, number>> = { member: 1, admin: 2, owner: 3 };

/** True if `role` may do what needs `needed`. */
export function atLeast(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** As the audit log names them. */
export function actorOf(viewer: Viewer): string {
  return viewer === "operator" ? viewer : viewer.userId;
}

/**
 * The viewer's role in an organization now. In a transaction that changes who belongs to it, lock first.
 * Throws AppError `organization_not_found` for whoever is no member, `role_too_low` below `needed`.
 */
export async function requireRole(query: Query, organizationId: string, viewer: Viewer, needed: Role): Promise<Role> {
  if (viewer === "operator") return "owner";
  const [membership] = await query<{ role: Role }>(
    "select role from membership where organization_id = $1 and user_id = $2",
    [organizationId, viewer.userId],
  );
  if (!membership) throw new AppError("organization_not_found", { fields: { id: organizationId } });
  if (!atLeast(membership.role, needed)) throw new AppError("role_too_low");
  return membership.role;
}

/** Has changes of one organization's members wait for each other, so that each sees what the last one left. */
export async function lockMembers(query: Query, organizationId: string): Promise<void> {
  await query("select id from organization where id = $1 for no key update", [organizationId]);
}
