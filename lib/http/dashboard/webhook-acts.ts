import type { Services } from "#lib/services";
import type { Act, Outcome } from "./act.ts";
import { once } from "./once.ts";
import { shownOnce } from "./shown-once.ts";

const idOf = (fields: URLSearchParams): string => fields.get("id") ?? "";
const pageOf = (organizationId: string, id: string): string => `/${organizationId}/settings/webhooks/${id}`;

function withSecret(services: Services, organizationId: string, made: { id: string; secret: string }): Outcome {
  return {
    to: pageOf(organizationId, made.id),
    cookies: [shownOnce(services, "webhook", { organizationId, ...made })],
  };
}

export const WEBHOOK_ACTS: Readonly<Record<string, Act>> = {
  "create-webhook": {
    done: "The webhook is made. Its secret is below, this once.",
    keeps: ["url"],
    run: (services, viewer, organizationId, fields) =>
      // A double click makes one: the form brings a word of its own.
      once(services, `${viewer.sessionId} makes webhook ${organizationId} ${fields.get("nonce")}`, async () => {
        const wanted = { url: fields.get("url") ?? "", events: fields.getAll("events") };
        return withSecret(services, organizationId, await services.webhooks.create(viewer, organizationId, wanted));
      }),
  },
  "set-webhook-events": {
    done: "The events are saved.",
    async run({ webhooks }, viewer, organizationId, fields) {
      await webhooks.setEvents(viewer, organizationId, idOf(fields), fields.getAll("events"));
      return undefined;
    },
  },
  "rotate-webhook": {
    done: "There is a new secret, shown below this once. The one before signs too for a day.",
    run: (services, viewer, organizationId, fields) =>
      once(services, `${viewer.sessionId} rotates webhook ${organizationId} ${idOf(fields)}`, async () =>
        withSecret(
          services,
          organizationId,
          await services.webhooks.rotateSecret(viewer, organizationId, idOf(fields)),
        ),
      ),
  },
  "test-webhook": {
    done: "A test is on its way. Reload to see what came of it.",
    async run({ webhooks }, viewer, organizationId, fields) {
      await webhooks.deliveries.sendTest(viewer, organizationId, idOf(fields));
      return undefined;
    },
  },
  "replay-delivery": {
    done: "It is sent again, under the id it had. Reload to see what came of it.",
    async run({ webhooks }, viewer, organizationId, fields) {
      await webhooks.deliveries.replay(viewer, organizationId, idOf(fields));
      return undefined;
    },
  },
  "enable-webhook": {
    done: "The webhook is on. What waited is being sent.",
    async run({ webhooks }, viewer, organizationId, fields) {
      await webhooks.enable(viewer, organizationId, idOf(fields));
      return undefined;
    },
  },
  "disable-webhook": {
    done: "The webhook is off. What happens is kept for 30 days and sent when it is on again.",
    async run({ webhooks }, viewer, organizationId, fields) {
      await webhooks.disable(viewer, organizationId, idOf(fields));
      return undefined;
    },
  },
  "delete-webhook": {
    done: "The webhook is deleted, and with it what waited for it.",
    async run({ webhooks }, viewer, organizationId, fields) {
      await webhooks.remove(viewer, organizationId, idOf(fields));
      return { to: `/${organizationId}/settings/webhooks` };
    },
  },
};
