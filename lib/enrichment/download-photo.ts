import { type IngestedPhoto, ingestPhoto } from "#lib/avatars";
import { isAppError } from "#lib/platform/errors";
import { isOutboundError, type SafeFetch } from "#lib/platform/safe-fetch";
import { isGhostPhoto } from "./ghost-photos.ts";

export type Downloaded =
  | { kind: "photo"; photo: IngestedPhoto }
  /** The address leads to no photo, and will not later. */
  | { kind: "none"; problem: string }
  /** It may lead to one later. */
  | { kind: "retry"; problem: string };

/** Fetches a provider's photo through the guarded client, and keeps it only if it is one. */
export async function downloadPhoto(url: string, fetch: SafeFetch, signal: AbortSignal): Promise<Downloaded> {
  if (isGhostPhoto(url)) return { kind: "none", problem: "a placeholder picture" };
  try {
    const answer = await fetch(url, { deadline: signal, accept: "image/*" });
    if (answer.status === 429 || answer.status >= 500) return { kind: "retry", problem: `status ${answer.status}` };
    if (answer.status !== 200) return { kind: "none", problem: `status ${answer.status}` };
    return { kind: "photo", photo: await ingestPhoto(answer.bytes) };
  } catch (error) {
    if (isAppError(error) && error.code === "photo_unusable") return { kind: "none", problem: error.message };
    if (!isOutboundError(error)) throw error;
    const passing = ["timeout", "dns", "tls", "network", "aborted"].includes(error.kind);
    return { kind: passing ? "retry" : "none", problem: error.message };
  }
}
