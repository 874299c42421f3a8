import { Badge } from "#lib/ui";
import type { WebhookEndpoint } from "#lib/webhooks";

/** How an endpoint is, in a word. */
export function WebhookState({ endpoint }: { endpoint: WebhookEndpoint }) {
  if (endpoint.disabledAt) return <Badge tone="danger">off</Badge>;
  if (endpoint.failingSince) return <Badge tone="warn">failing</Badge>;
  return <Badge tone="good">on</Badge>;
}

/** An address without what may be a token: host and the beginning of the path. */
export function shortAddress(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname === "/" ? "" : pathname.length > 24 ? `${pathname.slice(0, 22)}…` : pathname}`;
}
