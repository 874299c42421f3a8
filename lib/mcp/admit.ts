import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Throws AppError `origin_not_allowed` for what a page of another site sent: an Origin that is not ours, or, where no
 * certificate binds our name (plain http), a Host that is neither ours nor this machine (DNS rebinding). Programs send
 * no Origin. Under https the Host is a proxy's business: it may forward under an inner name.
 */
export function admit(request: Request, { config: { publicUrl } }: Services): void {
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== publicUrl) throw new AppError("origin_not_allowed");
  const host = request.headers.get("host");
  if (host === null || publicUrl.startsWith("https:")) return;
  const name = URL.parse(`http://${host}`)?.hostname ?? "";
  if (!LOOPBACK.has(name) && name !== new URL(publicUrl).hostname) throw new AppError("origin_not_allowed");
}
