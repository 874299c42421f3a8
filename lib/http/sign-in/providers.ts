import type { NextAuthOptions } from "next-auth";
import { signInMail } from "#lib/mails";
import { normalizeEmail, SIGN_IN_LINK_SECONDS } from "#lib/organizations";
import type { Services } from "#lib/services";
import { signInLink } from "./links.ts";

type Provider = NextAuthOptions["providers"][number];
type Claims = { sub: string; name?: string; email?: string; email_verified?: boolean | string; picture?: string };
type GitHubUser = { id: number; login: string; name: string | null; avatar_url?: string; verified_email?: string };

export const PROVIDER_NAMES = { google: "Google", github: "GitHub", linkedin: "LinkedIn" } as const;

/** The ways to sign in that are configured. `next` is where a link leads, once used. */
export function providersOf(services: Services, next: string): Provider[] {
  const { google, github, linkedin } = services.config.signIn;
  const providers = [emailLink(services, next)];
  if (google) providers.push(openId("google", "https://accounts.google.com", ["pkce", "state"], google));
  if (github) providers.push(gitHub(github));
  if (linkedin) providers.push(openId("linkedin", "https://www.linkedin.com/oauth", ["state"], linkedin));
  return providers;
}

function emailLink({ config, mail }: Services, next: string): Provider {
  const provider = {
    id: "email",
    type: "email",
    name: "Email",
    server: {},
    from: "",
    maxAge: SIGN_IN_LINK_SECONDS,
    // Added to the token before it is hashed; 256 random bits need no help, and links made elsewhere are hashed alike.
    secret: "",
    normalizeIdentifier(given: string) {
      const email = normalizeEmail(given);
      if (!email) throw new Error("not an e-mail address");
      return email;
    },
    async sendVerificationRequest({ identifier, token }: { identifier: string; token: string }) {
      const { publicUrl } = config;
      const link = signInLink(publicUrl, { token, email: identifier, next });
      await mail(signInMail({ to: identifier, publicUrl, link }));
    },
    options: {},
  };
  return provider as unknown as Provider;
}

/** An OpenID Connect provider. An address it has not verified is taken for none. */
function openId(
  id: "google" | "linkedin",
  issuer: string,
  checks: ("pkce" | "state")[],
  client: { clientId: string; clientSecret: string },
): Provider {
  return {
    ...common(id, client),
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    authorization: { params: { scope: "openid profile email" } },
    idToken: true,
    checks,
    client: { token_endpoint_auth_method: "client_secret_post" },
    profile: ({ sub, name, email, email_verified, picture }: Claims) => ({
      id: sub,
      name: name ?? null,
      email: String(email_verified) === "true" ? normalizeEmail(email) : null,
      image: picture ?? null,
    }),
  };
}

/** GitHub speaks no OpenID Connect: the address is the primary one of its list, if that is verified. */
function gitHub(client: { clientId: string; clientSecret: string }): Provider {
  const headers = (token: string | undefined) => ({
    authorization: `Bearer ${token}`,
    accept: "application/vnd.github+json",
    "user-agent": "avtrz",
  });
  return {
    ...common("github", client),
    authorization: { url: "https://github.com/login/oauth/authorize", params: { scope: "read:user user:email" } },
    token: "https://github.com/login/oauth/access_token",
    checks: ["state", "pkce"],
    userinfo: {
      url: "https://api.github.com/user",
      async request({ client, tokens }) {
        const user = await client.userinfo(tokens.access_token ?? "");
        const answer = await fetch("https://api.github.com/user/emails", {
          headers: headers(tokens.access_token),
          signal: AbortSignal.timeout(10_000),
        });
        const emails = answer.ok
          ? ((await answer.json()) as { email: string; primary: boolean; verified: boolean }[])
          : [];
        return { ...user, verified_email: emails.find(({ primary, verified }) => primary && verified)?.email };
      },
    },
    profile: ({ id, login, name, avatar_url, verified_email }: GitHubUser) => ({
      id: String(id),
      name: name ?? login,
      email: normalizeEmail(verified_email),
      image: avatar_url ?? null,
    }),
  };
}

function common(id: keyof typeof PROVIDER_NAMES, client: { clientId: string; clientSecret: string }) {
  return {
    ...client,
    id,
    name: PROVIDER_NAMES[id],
    type: "oauth" as const,
    // Safe here: an address reaches next-auth only when its provider has verified it, and users have no other.
    allowDangerousEmailAccountLinking: true,
    httpOptions: { timeout: 10_000 },
  };
}
