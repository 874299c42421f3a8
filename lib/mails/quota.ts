import type { Message } from "#lib/platform/mail";
import { compose } from "./compose.ts";
import { plainName } from "./plain.ts";

export type QuotaMail = {
  to: string;
  publicUrl: string;
  id: string;
  organizationId: string;
  workspace: string;
  metric: string;
  percent: 80 | 100;
  used: number;
  limit: number;
  /** When the counter starts again, ISO. */
  resets: string;
};

const WORDS: Readonly<Record<string, { what: string; refused: string }>> = {
  avatar_requests: {
    what: "avatar requests",
    refused:
      "requests for pictures and profiles are refused with status 402, and AI clients are told that the quota is used up",
  },
  avatar_new_profiles: {
    what: "new profiles",
    refused: "people that this workspace never asked for are refused with status 402; everybody else is still shown",
  },
  persona_requests: {
    what: "persona requests",
    refused: "questions to conversational avatars are refused",
  },
};

/** How much of a month's limit is used, and what happens at its end. */
export function quotaMail({ percent, used, limit, ...mail }: QuotaMail): Message {
  const name = plainName(mail.workspace, "your workspace");
  const { what, refused } = WORDS[mail.metric] ?? { what: mail.metric, refused: "more is refused with status 402" };
  const figures = `${count(used)} of ${count(limit)} ${what} of this month are used in “${name}”.`;
  const until = `${mail.resets.slice(0, 10)}, 00:00 UTC`;
  return compose({
    to: mail.to,
    subject:
      percent === 100
        ? `The month’s ${what} are used up: ${name}`
        : `${percent} % of the month’s ${what} are used: ${name}`,
    paragraphs:
      percent === 100
        ? [figures, `Until ${until}, ${refused}. Whoever runs this server can raise the limit before.`]
        : [
            figures,
            `When the limit is reached, ${refused}, until ${until}. Whoever runs this server can raise the limit before.`,
          ],
    action: { label: "See the usage", url: `${mail.publicUrl}/${mail.organizationId}/usage` },
    closing: `You get this because you own “${name}”; it is sent once a month at 80 % and once at 100 %.`,
    id: mail.id,
  });
}

function count(units: number): string {
  return units.toLocaleString("en");
}
