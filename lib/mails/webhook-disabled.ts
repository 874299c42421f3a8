import type { Message } from "#lib/platform/mail";
import { compose } from "./compose.ts";
import { plainName } from "./plain.ts";

export type WebhookDisabledMail = {
  to: string;
  publicUrl: string;
  id: string;
  organizationId: string;
  workspace: string;
  webhookId: string;
  /** Its host alone: the path may hold a token. */
  host: string;
  /** What came of the last attempt. */
  problem: string;
};

/** An endpoint was not reached for days, and is not tried any more. */
export function webhookDisabledMail({ to, publicUrl, id, organizationId, ...about }: WebhookDisabledMail): Message {
  const name = plainName(about.workspace, "your workspace");
  return compose({
    to,
    subject: `A webhook of ${name} was turned off`,
    paragraphs: [
      `“${name}” tells ${plainName(about.host, "an endpoint")} of events. Nothing has reached it for days, so it is not tried any more.`,
      `The last attempt: ${about.problem}`,
      "What happens meanwhile is kept for 30 days. Turn the webhook on again, and all of it is sent.",
    ],
    action: { label: "See the webhook", url: `${publicUrl}/${organizationId}/settings/webhooks/${about.webhookId}` },
    closing: `You get this because you own “${name}”.`,
    id,
  });
}
