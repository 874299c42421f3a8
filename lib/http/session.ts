import type { SessionUser } from "#lib/organizations";
import type { Services } from "#lib/services";

/** `token` is the cookie's value; forms are tied to it. */
export type SignedIn = SessionUser & { token: string };

/** The session cookie's name: under https with the prefix that binds it to this host alone (RFC 6265bis, 4.1.3). */
export function sessionCookieName(publicUrl: string): string {
  return publicUrl.startsWith("https:") ? "__Host-avtrz.session" : "avtrz.session";
}

/** Who sent a request, by its session cookie; null when nobody is signed in. */
export async function readSession(headers: Headers, services: Services): Promise<SignedIn | null> {
  const token = cookiesOf(headers)[sessionCookieName(services.config.publicUrl)];
  const user = token && (await services.sessions.find(token));
  return user ? { ...user, token } : null;
}

/** The cookies of a request; of a name sent twice the first, which is the more specific. */
export function cookiesOf(headers: Headers): Record<string, string> {
  const cookies: Record<string, string> = Object.create(null);
  for (const pair of headers.get("cookie")?.split(";") ?? []) {
    const [key = "", ...value] = pair.split("=");
    cookies[key.trim()] ??= decoded(value.join("=").trim());
  }
  return cookies;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
