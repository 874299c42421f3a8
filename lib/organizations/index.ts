/**
 * Tenants (the user interface says "workspace"), the people in them and what their roles let them do. Everything a person
 * or key may touch is found through the organization it belongs to; permissions are checked where the rows are read and
 * written, and every change leaves an audit line.
 */
export { type AuditEvent, type AuditFilter, createAuditLog } from "./audit-log.ts";
export { normalizeEmail } from "./email.ts";
export { createInvitations, INVITATION_MAILS_A_DAY, type Invitation } from "./invitations.ts";
export { createMembers, type Member } from "./members.ts";
export { createOperators } from "./operators.ts";
export {
  createOrganizations,
  isRole,
  type Organization,
  type OwnOrganization,
  ROLES,
  type Role,
} from "./organizations.ts";
export { createSessions, type OpenSession, type SessionUser } from "./sessions.ts";
export { createWorkspaceSettings, type ForgetJob, type WorkspaceCounts } from "./settings.ts";
export { createSignInLinks, SIGN_IN_LINK_SECONDS } from "./sign-in-links.ts";
export { createUsers, type User } from "./users.ts";
export { actorOf, atLeast, requireRole, type Viewer } from "./viewer.ts";
