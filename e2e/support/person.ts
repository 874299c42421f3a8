import { formToken, sessionCookieName } from "../../lib/http/index.ts";
import { newId } from "../../lib/platform/ids.ts";
import type { Services } from "../../lib/services.ts";

/** Somebody who is signed in. `cookie` is the header their browser sends. */
export type Person = { userId: string; email: string; token: string; cookie: string };

/** A new person with a session, and a member of the workspaces given. */
export async function person(
  services: Services,
  memberships: Readonly<Record<string, "owner" | "admin" | "member">> = {},
): Promise<Person> {
  const userId = newId("usr", Date.now());
  const email = `${userId}@example.com`;
  await services.db.query(`insert into "user" (id, email) values ($1, $2)`, [userId, email]);
  for (const [organizationId, role] of Object.entries(memberships)) {
    await services.db.query("insert into membership (organization_id, user_id, role) values ($1, $2, $3)", [
      organizationId,
      userId,
      role,
    ]);
  }
  const { token } = await services.sessions.create(userId, "a test");
  return { userId, email, token, cookie: `${sessionCookieName(services.config.publicUrl)}=${token}` };
}

/** The body of a form as one of our own pages would send it. */
export function form(
  services: Services,
  who: Person,
  purpose: string,
  fields: Record<string, string>,
): URLSearchParams {
  return new URLSearchParams({ form_token: formToken(services, who, purpose), ...fields });
}
