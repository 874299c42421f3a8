import type { Message } from "#lib/platform/mail";
import { compose } from "./compose.ts";
import { plainName } from "./plain.ts";

type Common = { to: string; publicUrl: string };

/** The link that proves an address to whoever decides about a request not to be shown. */
export function removalConfirmMail({ to, publicUrl, link }: Common & { link: string }): Message {
  const host = new URL(publicUrl).host;
  return compose({
    to,
    subject: `Confirm your request to ${host}`,
    paragraphs: [
      `Somebody, probably you, asked that a person's photo is not shown by Avtrz at ${host}, and gave this address.`,
      "Open this link and press the button there; then whoever runs that server decides, and you are mailed what they decided. It works once, for a day.",
    ],
    action: { label: "Confirm the request", url: link },
    closing: "If you did not ask for it, do nothing: the request is forgotten after a day.",
  });
}

/** The request was granted. */
export function removalGrantedMail({ to, publicUrl, username }: Common & { username: string }): Message {
  return compose({
    to,
    subject: `Your photo is removed from ${new URL(publicUrl).host}`,
    paragraphs: [
      `${plainName(username, "The person you asked about")} is shown as initials from now on, to everybody; photo and facts are deleted there, and nobody looks them up again.`,
      "What browsers and other servers kept of the picture is forgotten when their copy is too old; that takes up to a day where the person was shown by this server's addresses.",
    ],
    action: { label: "What is kept of people", url: `${publicUrl}/docs/privacy` },
    closing: "You get this because you asked for it on /remove-my-photo. Your request is forgotten after 30 days.",
  });
}

/** The request was refused. */
export function removalRefusedMail({
  to,
  publicUrl,
  username,
  reason,
}: Common & { username: string; reason: string }): Message {
  return compose({
    to,
    subject: `Your request to ${new URL(publicUrl).host} was not granted`,
    paragraphs: [
      `Whoever runs that server decided not to remove ${plainName(username, "the person you asked about")}.`,
      `They say: ${reason}`,
      "You may ask again, and say more about how the profile is yours.",
    ],
    action: { label: "Ask again", url: `${publicUrl}/remove-my-photo` },
    closing: "You get this because you asked for it on /remove-my-photo. Your request is forgotten after 30 days.",
  });
}
