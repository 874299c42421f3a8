import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";

type SignedIn = { userId: string; email: string };

/**
 * Who runs this installation, among those who sign in: the addresses that are configured, else the owners of the first
 * workspace. A workspace that later becomes the oldest makes nobody an operator.
 */
export function createOperators({ db, emails }: { db: Database; emails: readonly string[] }) {
  async function isOperator(who: SignedIn): Promise<boolean> {
    if (emails.length > 0) return emails.includes(who.email);
    const rows = await db.query(
      `select 1 from installation i join membership m on m.organization_id = i.value
       where i.key = 'claimed_workspace' and m.user_id = $1 and m.role = 'owner'`,
      [who.userId],
    );
    return rows.length > 0;
  }
  return {
    isOperator,
    /** Throws AppError `not_found` for anybody else: they need not know that there is something. */
    async require(who: SignedIn): Promise<void> {
      if (!(await isOperator(who))) throw new AppError("not_found");
    },
  };
}
