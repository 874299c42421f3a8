import ipaddr from "ipaddr.js";

// Filled by the server for the requests it made from sockets; a Request itself does not know its peer.
const peers = new WeakMap<Request, string>();

export function setPeerAddress(request: Request, address: string): void {
  peers.set(request, address);
}

/**
 * The network address a request came from, as a bucket for rate limits: an IPv4 address, or the /64 of an IPv6 one
 * (one household or one machine can use all of it). Of X-Forwarded-For only the entries that trusted proxies
 * appended are believed.
 */
export function addressBucket(request: Request, trustedProxyHops: number): string {
  const peer = peers.get(request);
  const forwarded = request.headers.get("x-forwarded-for")?.split(",") ?? [];
  const address = trustedProxyHops > 0 ? (forwarded.at(-trustedProxyHops) ?? peer) : peer;
  return bucketOf(address?.trim() ?? "");
}

function bucketOf(address: string): string {
  if (!ipaddr.isValid(address)) return "unknown";
  const parsed = ipaddr.process(address);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${ipaddr.fromByteArray([...parsed.toByteArray().slice(0, 8), 0, 0, 0, 0, 0, 0, 0, 0])}/64`;
}
