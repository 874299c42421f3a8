import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { newId } from "#lib/platform/ids";
import { normalizeEmail } from "./email.ts";
import { insertOrganization, type NewOrganization } from "./organizations.ts";

export type User = { id: string; email: string; name: string | null; imageUrl: string | null };

type Options = {
  db: Database;
  clock: Clock;
  /** What the workspace of a new user starts with. */
  workspace: Omit<NewOrganization, "name">;
  /** Who alone may take over the first workspace; undefined is whoever comes first. */
  ownerEmail: string | undefined;
};

const MAX_NAME = 80;
/** More than anybody has a use for; without a bound one account could fill a shared installation. */
const MAX_OWNED = 50;
const COLUMNS = 'id, email, name, image_url as "imageUrl"';

/** People. Whoever calls these has seen to it that the e-mail address is that person's. */
export function createUsers({ db, clock, workspace, ownerEmail }: Options) {
  return {
    async find(id: string): Promise<User | null> {
      const [user] = await db.query<User>(`select ${COLUMNS} from "user" where id = $1`, [id]);
      return user ?? null;
    },

    async findByEmail(email: string): Promise<User | null> {
      const [user] = await db.query<User>(`select ${COLUMNS} from "user" where email = $1`, [normalizeEmail(email)]);
      return user ?? null;
    },

    /** The user an identity at a sign-in provider stands for. */
    async findByAccount(provider: string, providerAccountId: string): Promise<User | null> {
      const [user] = await db.query<User>(
        `select ${COLUMNS} from "user" where id = (select user_id from account where provider = $1 and provider_account_id = $2)`,
        [provider, providerAccountId],
      );
      return user ?? null;
    },

    /**
     * The user of a verified address, made if there is none yet. A new user becomes the owner of the first workspace
     * while that waits for one, else of a new workspace of their own. Throws AppError `invalid_email`.
     */
    async ensure(wanted: { email: string; name?: string | null; imageUrl?: string | null }): Promise<User> {
      const email = normalizeEmail(wanted.email);
      if (!email) throw new AppError("invalid_email");
      const now = clock.now();
      return db.transaction(async (query) => {
        const [made] = await query<User>(
          `insert into "user" (id, email, name, image_url, email_verified_at, created_at)
           values ($1, $2, $3, $4, $5, $5) on conflict (email) do nothing returning ${COLUMNS}`,
          [newId("usr", now), email, plain(wanted.name), wanted.imageUrl ?? null, new Date(now)],
        );
        if (made) {
          await recordAudit(query, clock, { actor: made.id, action: "user.create", target: made.id });
          await giveWorkspace(query, made);
          return made;
        }
        const [known] = await query<User>(`select ${COLUMNS} from "user" where email = $1`, [email]);
        if (!known) throw new AppError("database_unavailable", { retryAfterSeconds: 1 });
        return known;
      });
    },

    /**
     * Makes another workspace, which the user owns. Throws AppError `invalid_name`, and `too_many_workspaces` for whoever
     * owns 50 already.
     */
    async addWorkspace(user: { userId: string }, name: string): Promise<{ organizationId: string }> {
      const wanted = name.trim();
      if (wanted === "" || wanted.length > MAX_NAME) throw new AppError("invalid_name");
      return db.transaction(async (query) => {
        await query(`select 1 from "user" where id = $1 for no key update`, [user.userId]);
        const [own] = await query<{ count: number }>(
          "select count(*) as count from membership where user_id = $1 and role = 'owner'",
          [user.userId],
        );
        if ((own?.count ?? 0) >= MAX_OWNED) throw new AppError("too_many_workspaces");
        const { id: organizationId } = await insertOrganization(
          query,
          clock,
          { ...workspace, name: wanted },
          user.userId,
        );
        await addOwner(query, organizationId, user.userId, "new_workspace");
        return { organizationId };
      });
    },

    /** Lets an identity at a provider stand for a user from now on; it keeps the user it has. */
    async linkAccount(userId: string, provider: string, providerAccountId: string): Promise<void> {
      await db.transaction(async (query) => {
        const [linked] = await query(
          `insert into account (provider, provider_account_id, user_id, created_at) values ($1, $2, $3, $4)
           on conflict do nothing returning user_id`,
          [provider, providerAccountId, userId, new Date(clock.now())],
        );
        if (linked)
          await recordAudit(query, clock, {
            actor: userId,
            action: "account.link",
            target: userId,
            detail: { provider },
          });
      });
    },
  };

  async function giveWorkspace(query: Query, user: User): Promise<void> {
    const claimed = !ownerEmail || ownerEmail === user.email ? await claimFirst(query) : undefined;
    const organizationId =
      claimed ?? (await insertOrganization(query, clock, { ...workspace, name: workspaceName(user) }, user.id)).id;
    await addOwner(query, organizationId, user.id, claimed ? "first_sign_in" : "new_workspace");
  }

  async function addOwner(query: Query, organizationId: string, userId: string, how: string): Promise<void> {
    await query("insert into membership (organization_id, user_id, role, created_at) values ($1, $2, 'owner', $3)", [
      organizationId,
      userId,
      new Date(clock.now()),
    ]);
    await recordAudit(query, clock, {
      organizationId,
      actor: userId,
      action: "member.add",
      target: userId,
      detail: { role: "owner", how },
    });
  }
}

/** One row, renamed by one statement: of several who come first, one gets the workspace, and nobody after. */
async function claimFirst(query: Query): Promise<string | undefined> {
  const [first] = await query<{ value: string }>(
    `update installation set key = 'claimed_workspace' where key = 'unclaimed_workspace'
       and not exists (select 1 from membership where organization_id = installation.value)
       and exists (select 1 from organization where id = installation.value) returning value`,
  );
  return first?.value;
}

function workspaceName({ name, email }: User): string {
  return `${(name ?? email.split("@")[0] ?? "").slice(0, 80)}'s workspace`;
}

// A provider lets people choose any name; it is shown to others, in lines of text.
function plain(name: string | null | undefined): string | null {
  return (
    name
      ?.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ")
      .trim()
      .slice(0, 100) || null
  );
}
