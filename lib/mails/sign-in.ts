import type { Message } from "#lib/platform/mail";
import { compose } from "./compose.ts";

/** The link that signs its addressee in once. */
export function signInMail({ to, publicUrl, link }: { to: string; publicUrl: string; link: string }): Message {
  return compose({
    to,
    subject: `Sign in to Avtrz at ${new URL(publicUrl).host}`,
    paragraphs: ["Open this link and press the button there. It works once, for one hour."],
    action: { label: "Sign in", url: link },
    closing: "If you did not ask for it, do nothing: without the link nobody gets in.",
  });
}
