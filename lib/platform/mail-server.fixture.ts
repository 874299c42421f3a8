import type { AddressInfo } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";

/** A mail as its addressees' server got it: whom it was for by the protocol, its source, and what a reader makes of it. */
export type Received = { to: string[]; raw: string; mail: Email };

export type MailServer = {
  url: string;
  received: Received[];
  /** Refuses the next mails, as a server does whose disk is full. */
  refuse(count: number): void;
  stop(): Promise<void>;
};

/** A real mail server on a free port. It knows nobody called `nobody@…`. */
export async function startMailServer(): Promise<MailServer> {
  const received: Received[] = [];
  let refusals = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onRcptTo({ address }, _session, done) {
      done(address.startsWith("nobody@") ? new Error("nobody here") : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", async () => {
        if (refusals-- > 0) return done(Object.assign(new Error("the disk is full"), { responseCode: 452 }));
        refusals = 0;
        const raw = Buffer.concat(chunks);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        received.push({ to, raw: raw.toString(), mail: await PostalMime.parse(raw) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    received,
    refuse: (count) => {
      refusals = count;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}
