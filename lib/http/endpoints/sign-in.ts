import { normalizeEmail } from "#lib/organizations";
import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { addressBucket } from "../client-address.ts";
import { formFields, readForm, refuseOtherSites } from "../form.ts";
import { handler } from "../handler.ts";
import { seeOther } from "../redirect.ts";
import { returnPath } from "../return-path.ts";
import { cookiesOf, readSession, sessionCookieName } from "../session.ts";
import { signInLink, signInPage } from "../sign-in/links.ts";
import { type AuthRequest, runNextAuth } from "../sign-in/next-auth.ts";

const MOUNT = "/api/auth/";
/** Where next-auth keeps the way back while somebody is at a provider. We read it, and tell next-auth what came of it. */
const WAY_BACK = /^(__Secure-)?next-auth\.callback-url$/;

/**
 * Everything below /api/auth/: the forms of /sign-in and /sign-in/link, the way back from a provider, and signing out.
 * next-auth does the work; what may reach it is decided here.
 */
export const signIn = handler({ methods: ["GET", "POST"] }, async (request, services) => {
  const url = new URL(request.url);
  const [action = "", provider, ...more] = url.pathname.slice(MOUNT.length).split("/");
  const step = `${request.method === "POST" ? "POST" : "GET"} ${action}`;
  if (more.length === 0) {
    if (step === "POST signout" && provider === undefined) return signOut(request, services);
    if (step === "POST signin" && isConfigured(services, provider)) return begin(request, services, provider);
    if (step === "POST callback" && provider === "email") return signInByLink(request, services);
    // Where links led that only had to be opened; whoever opens one gets the page with the button.
    if (step === "GET callback" && provider === "email")
      return seeOther(signInLink(services.config.publicUrl, linkIn(url.searchParams, services)));
    if (step === "GET callback" && isConfigured(services, provider)) return comeBack(request, services, provider);
  }
  throw new AppError("not_found");
});

async function begin(request: Request, services: Services, provider: string): Promise<Response> {
  const { publicUrl } = services.config;
  refuseOtherSites(request, publicUrl);
  const fields = await formFields(request);
  const next = returnPath(fields.get("next"), publicUrl);
  if (!(await mayTry(request, services))) return seeOther(signInPage(publicUrl, { next, error: "too_many" }));
  const email = normalizeEmail(fields.get("email"));
  if (provider === "email" && !email) return seeOther(signInPage(publicUrl, { next, error: "email" }));
  const body = email ? { email } : {};
  return proceed(services, { ...about(request, services), action: "signin", provider, next, body });
}

async function signInByLink(request: Request, services: Services): Promise<Response> {
  const { publicUrl } = services.config;
  refuseOtherSites(request, publicUrl);
  const { token, email, next } = linkIn(await formFields(request), services);
  if (!(await mayTry(request, services))) return seeOther(signInPage(publicUrl, { next, error: "too_many" }));
  const asked = { ...about(request, services), action: "callback", provider: "email", next } as const;
  return proceed(services, { ...asked, query: { token, email } }, await readSession(request.headers, services));
}

async function comeBack(request: Request, services: Services, provider: string): Promise<Response> {
  const { publicUrl } = services.config;
  const asked = about(request, services);
  const remembered = Object.entries(cookiesOf(request.headers)).find(([name]) => WAY_BACK.test(name))?.[1] ?? "";
  const next = remembered.startsWith(publicUrl) ? returnPath(remembered.slice(publicUrl.length), publicUrl) : "/";
  if (!(await mayTry(request, services))) return seeOther(signInPage(publicUrl, { next, error: "too_many" }));
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const answered = { ...asked, action: "callback", provider, next, query } as const;
  return proceed(services, answered, await readSession(request.headers, services));
}

async function signOut(request: Request, services: Services): Promise<Response> {
  const session = await readSession(request.headers, services);
  if (!session) return seeOther(`${services.config.publicUrl}/`);
  await readForm(request, services, session, "sign-out");
  const cookies = { [sessionCookieName(services.config.publicUrl)]: session.token };
  return proceed(services, { action: "signout", next: "/", cookies, userAgent: null });
}

/** Runs next-auth and sends the browser where it says; what it calls its own pages are states of /sign-in. */
async function proceed(services: Services, asked: AuthRequest, replaced?: { token: string } | null): Promise<Response> {
  const { publicUrl } = services.config;
  const { location, cookies } = await runNextAuth(services, asked);
  const signedIn =
    asked.action === "callback" && cookies.some((cookie) => cookie.startsWith(sessionCookieName(publicUrl)));
  if (signedIn && replaced) await services.sessions.end(replaced.token);
  if (location && !location.startsWith(publicUrl + MOUNT)) return seeOther(location, cookies);
  const url = new URL(location || `${publicUrl}${MOUNT}error`);
  if (url.pathname === `${MOUNT}verify-request`)
    return seeOther(signInPage(publicUrl, { next: asked.next, sent: "1" }));
  const error = ERRORS[url.searchParams.get("error") ?? ""] ?? "failed";
  return seeOther(signInPage(publicUrl, { next: asked.next, error }), cookies);
}

/** next-auth's names of what went wrong, as /sign-in has them. */
const ERRORS: Readonly<Record<string, string>> = {
  Verification: "link",
  EmailSignin: "mail",
  OAuthSignin: "provider",
  OAuthCallback: "provider",
  Callback: "provider",
};

/** Whether one more attempt from this network address is let through. */
async function mayTry(request: Request, services: Services): Promise<boolean> {
  const bucket = addressBucket(request, services.config.trustedProxyHops);
  return (await services.quotas.rates.address(bucket)).allowed;
}

/**
 * What next-auth gets to see of a request. The session is not among it: it would add the identity that signs in to the
 * user who is signed in, whoever that is.
 */
function about(request: Request, services: Services): { cookies: Record<string, string>; userAgent: string | null } {
  const session = sessionCookieName(services.config.publicUrl);
  const cookies = Object.entries(cookiesOf(request.headers)).filter(
    ([name]) => !name.startsWith(session) && !WAY_BACK.test(name),
  );
  return { cookies: Object.fromEntries(cookies), userAgent: request.headers.get("user-agent") };
}

function linkIn(parameters: URLSearchParams, { config }: Services): { token: string; email: string; next: string } {
  return {
    token: parameters.get("token") ?? "",
    email: normalizeEmail(parameters.get("email")) ?? "",
    next: returnPath(parameters.get("next"), config.publicUrl),
  };
}

function isConfigured({ config }: Services, provider: string | undefined): provider is string {
  return provider === "email" || (provider !== undefined && Object.hasOwn(config.signIn, provider));
}
