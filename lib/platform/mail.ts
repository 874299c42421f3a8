import type { SendMailOptions } from "nodemailer";
import type { Config } from "./config.ts";

export type Message = {
  /** One address. */
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** Makes the Message-ID, so that a mail that had to be sent again can be told from another. */
  id?: string;
};

/** Sends a mail; rejects when the server refuses it. */
export type SendMail = (message: Message) => Promise<void>;

const TIMEOUT_MS = 10_000;

/** Sends over the configured mail server. Without one the text is shown in the terminal, where the operator reads it. */
export function createMail({ mail }: Pick<Config, "mail">): SendMail {
  if (!mail) {
    return async ({ to, subject, text }) => {
      process.stdout.write(`\n  To ${to}: ${oneLine(subject)}\n\n${text.replace(/^(?=.)/gm, "  ")}\n\n`);
    };
  }
  let transport: Promise<{ sendMail(message: SendMailOptions): Promise<unknown> }> | undefined;
  return async ({ to, subject, text, html, id }) => {
    // Most processes never send a mail.
    transport ??= import("nodemailer").then(({ createTransport }) =>
      createTransport({
        url: mail.smtpUrl,
        connectionTimeout: TIMEOUT_MS,
        greetingTimeout: TIMEOUT_MS,
        socketTimeout: TIMEOUT_MS,
      }),
    );
    await (await transport).sendMail({
      from: mail.from,
      // Not as a text, in which a comma would begin another addressee.
      to: { name: "", address: to },
      subject: oneLine(subject),
      text,
      ...(html ? { html } : {}),
      ...(id ? { messageId: `<${id}@${domainOf(mail.from)}>` } : {}),
      // Nobody's holiday notice has to answer it (RFC 3834).
      headers: { "Auto-Submitted": "auto-generated" },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
}

/** A header is one line, whatever went into it. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

function domainOf(from: string): string {
  return /@([\w.-]+)/.exec(from)?.[1] ?? "localhost";
}
