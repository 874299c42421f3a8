import { createHash, randomBytes } from "node:crypto";
import type { NextAuthOptions } from "next-auth";
import * as nextAuthModule from "next-auth";
import { announceAuthUrl } from "#lib/platform/config";
import type { Services } from "#lib/services";
import { sessionCookieName } from "../session.ts";
import { createAdapter } from "./adapter.ts";
import { providersOf } from "./providers.ts";

/** What next-auth is asked to do. Its caller has checked that the request is one of our own pages'. */
export type AuthRequest = {
  action: "signin" | "callback" | "signout";
  provider?: string | undefined;
  /** Where to go afterwards: a path that returnPath has let pass. */
  next: string;
  query?: Record<string, string>;
  body?: Record<string, string>;
  cookies: Record<string, string>;
  userAgent: string | null;
};

/** What it decided: where to send the browser, and its cookies, ready for Set-Cookie. */
export type AuthAnswer = { location: string; cookies: string[] };

type NextAuth = (request: object, response: object, options: NextAuthOptions) => Promise<void>;

// One module, seen by a bundler and by Node, which wraps CommonJS once more.
const imported = nextAuthModule as unknown as { default: NextAuth | { default: NextAuth } };
const nextAuth: NextAuth = typeof imported.default === "function" ? imported.default : imported.default.default;

/** Runs next-auth without Next: through its handler for API routes, which wants no more than plain objects. */
export async function runNextAuth(services: Services, asked: AuthRequest): Promise<AuthAnswer> {
  const { config } = services;
  const secret = services.cipher.sign("next-auth");
  const posts = asked.action !== "callback";
  const csrf = csrfPair(secret);
  const prefix = config.publicUrl.startsWith("https:") ? "__Host-" : "";
  const callbackUrl = config.publicUrl + asked.next;
  const headers: Record<string, string | string[]> = {};
  const cookies = { ...asked.cookies, ...(posts ? { [`${prefix}next-auth.csrf-token`]: csrf.cookie } : {}) };
  const body = posts ? { ...asked.body, csrfToken: csrf.token, callbackUrl } : undefined;
  const path = [asked.action, ...(asked.provider ? [asked.provider] : [])];
  // In the query of a sign-in everything would go on to the provider.
  const query = { ...asked.query, ...(posts ? {} : { callbackUrl }), nextauth: path };
  const request = { method: posts ? "POST" : "GET", query, body, cookies, headers: {} };
  let location = "";
  const response = {
    getHeader: (name: string) => headers[name.toLowerCase()],
    setHeader(name: string, value: string | string[]) {
      headers[name.toLowerCase()] = value;
      return response;
    },
    status: () => response,
    end() {
      location = String(headers["location"] ?? "");
    },
    json: () => response,
    send: () => response,
  };
  announceAuthUrl(config.publicUrl);
  await nextAuth(request, response, optionsOf(services, asked, secret));
  const set = headers["set-cookie"] ?? [];
  return { location, cookies: Array.isArray(set) ? set : [set] };
}

function optionsOf(services: Services, { next, userAgent }: AuthRequest, secret: string): NextAuthOptions {
  const { config, log } = services;
  const secure = config.publicUrl.startsWith("https:");
  return {
    secret,
    useSecureCookies: secure,
    adapter: createAdapter(services, userAgent),
    session: { strategy: "database" },
    providers: providersOf(services, next),
    cookies: {
      sessionToken: {
        name: sessionCookieName(config.publicUrl),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure },
      },
    },
    callbacks: {
      async signIn({ user, account, email }) {
        if (account?.type === "oauth" && !user.email) return `${config.publicUrl}/sign-in?error=unverified`;
        if (email?.verificationRequest && !(await services.signInLinks.mayHaveAnother(String(user.email))))
          return `${config.publicUrl}/sign-in?error=too_many`;
        return true;
      },
    },
    logger: {
      error: (code, detail) => log.warn({ err: "error" in detail ? detail.error : detail, code }, "a sign-in failed"),
      warn: (code) => log.debug({ code }, "next-auth warns"),
      debug: () => undefined,
    },
  };
}

/** next-auth's own double-submit token; what it protects against, our caller has checked by other means. */
function csrfPair(secret: string): { token: string; cookie: string } {
  const token = randomBytes(32).toString("hex");
  return { token, cookie: `${token}|${createHash("sha256").update(`${token}${secret}`).digest("hex")}` };
}
