import type { Services } from "../../lib/services.ts";
import { send, type Workspace } from "./services.ts";

export type SignedAnswer = { expires_at: string; people: { username?: string; url?: string; code?: string }[] };

/** `POST /v1/signed-urls` with a secret key. */
export function postSignedUrls(services: Services, key: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json", "x-api-key": key };
  return send(services, "/v1/signed-urls", { method: "POST", headers, body: JSON.stringify(body) });
}

/** One address of a person's picture, made by a new secret key of the workspace, and that key. */
export async function signedAddress(services: Services, home: Workspace, username: string, options: object = {}) {
  const minted = await home.mint("secret");
  const answer = await postSignedUrls(services, minted.key, { people: [{ username }], ...options });
  const [row] = ((await answer.json()) as SignedAnswer).people;
  return { url: new URL(row?.url ?? ""), keyId: minted.id, key: minted.key };
}

/** Asks for it as a mail program does: without any key. */
export function getSigned(services: Services, url: URL, headers: Record<string, string> = {}): Promise<Response> {
  return send(services, url.pathname + url.search, { headers });
}
