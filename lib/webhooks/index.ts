/**
 * What a workspace's own programs are told of, by signed requests (Standard Webhooks): written in the transaction of what
 * happened, sent until it arrived or a day is over, kept for a month to be looked at and sent again. At least once.
 */
export { createWebhookDeliveries, type Delivery } from "./deliveries.ts";
export { createWebhookEndpoints, type NewEndpoint, type WebhookEndpoint } from "./endpoints.ts";
export { WEBHOOK_EVENTS, type WebhookEvent } from "./events.ts";
export { createWebhookSender } from "./sender.ts";
