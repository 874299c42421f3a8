/** What can be told of, and what each means. */
export const WEBHOOK_EVENTS = {
  "avatar.ready": "A photo was found, or another one, of a person this workspace has looked up.",
  "profile.updated": "A provider told something new about such a person.",
  "quota.80": "80 % of a month's limit are used.",
  "quota.100": "A month's limit is used up.",
} as const;

export type WebhookEvent = keyof typeof WEBHOOK_EVENTS;

export function isWebhookEvent(text: string): text is WebhookEvent {
  return Object.hasOwn(WEBHOOK_EVENTS, text);
}
