import type { Adapter, AdapterUser } from "next-auth/adapters";
import type { User } from "#lib/organizations";
import type { Services } from "#lib/services";

/** next-auth's storage over our tables. `userAgent` is what a session made here is listed as. */
export function createAdapter({ users, sessions, signInLinks }: Services, userAgent: string | null): Adapter {
  return {
    createUser: async (user: Omit<AdapterUser, "id">) =>
      adapterUser(await users.ensure({ email: user.email, name: user.name ?? null, imageUrl: user.image ?? null })),
    getUser: async (id) => nullable(await users.find(id)),
    getUserByEmail: async (email) => nullable(await users.findByEmail(email)),
    getUserByAccount: async ({ provider, providerAccountId }) =>
      nullable(await users.findByAccount(provider, providerAccountId)),
    // Asked for at every sign-in by link, to say that the address is verified; ours always are.
    async updateUser({ id }) {
      const user = await users.find(id);
      if (!user) throw new Error("the user is gone");
      return adapterUser(user);
    },
    async linkAccount({
      userId,
      provider,
      providerAccountId,
    }: {
      userId: string;
      provider: string;
      providerAccountId: string;
    }) {
      await users.linkAccount(userId, provider, providerAccountId);
    },

    // The proposed token is passed over for one of the form that sessions have here.
    async createSession({ userId }) {
      const { token, expiresAt } = await sessions.create(userId, userAgent);
      return { sessionToken: token, userId, expires: expiresAt };
    },
    async getSessionAndUser(sessionToken) {
      const session = await sessions.find(sessionToken);
      if (!session) return null;
      const { userId, email, name, imageUrl } = session;
      return {
        session: { sessionToken, userId, expires: new Date(session.expiresAt) },
        user: adapterUser({ id: userId, email, name, imageUrl }),
      };
    },
    // Sessions prolong themselves when they are read.
    updateSession: () => null,
    deleteSession: (sessionToken) => sessions.end(sessionToken),

    async createVerificationToken(link) {
      await signInLinks.store(link.identifier, Buffer.from(link.token, "hex"), link.expires);
      return link;
    },
    async useVerificationToken({ identifier, token }) {
      const taken = await signInLinks.take(identifier, Buffer.from(token, "hex"));
      return taken && { identifier, token, expires: taken.expiresAt };
    },
  };
}

function nullable(user: User | null): AdapterUser | null {
  return user && adapterUser(user);
}

function adapterUser({ id, email, name, imageUrl }: User): AdapterUser {
  return { id, email, name, image: imageUrl, emailVerified: null };
}
