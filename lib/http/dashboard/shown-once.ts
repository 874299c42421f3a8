import type { Services } from "#lib/services";
import { cookiesOf } from "../session.ts";

const SHOWN_FOR_SECONDS = 120;
type Kind = "invitation" | "key" | "webhook";

/**
 * The cookie by which a secret made a moment ago reaches the page that shows it: neither the address bar nor the
 * history nor the database keeps it, it is sent to that workspace's pages alone, and is gone after two minutes.
 */
export function shownOnce(
  { config }: Pick<Services, "config">,
  kind: Kind,
  made: { organizationId: string; id: string; secret: string },
): string {
  const value = `${nameOf(kind)}=${made.id}.${made.secret}`;
  return `${value}; ${attributes(config, made.organizationId, SHOWN_FOR_SECONDS)}`;
}

/** Takes back what `shownOnce` set. */
export function forgetShownOnce({ config }: Pick<Services, "config">, kind: Kind, organizationId: string): string {
  return `${nameOf(kind)}=; ${attributes(config, organizationId, 0)}`;
}

/** What `shownOnce` set, or null when it is over. */
export function readShownOnce(headers: Headers, kind: Kind): { id: string; secret: string } | null {
  const [id, secret] = (cookiesOf(headers)[nameOf(kind)] ?? "").split(".");
  return id && secret ? { id, secret } : null;
}

function nameOf(kind: Kind): string {
  return `avtrz.new-${kind}`;
}

function attributes({ publicUrl }: Services["config"], organizationId: string, maxAgeSeconds: number): string {
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return `Path=/${organizationId}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}
