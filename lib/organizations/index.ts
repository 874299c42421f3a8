/**
 * Tenants (the user interface says "workspace"), their members and roles. Everything a person or key may touch is
 * found through the organization it belongs to, and every change leaves an audit line.
 */
export { createOrganizations, type Organization, type Role } from "./organizations.ts";
