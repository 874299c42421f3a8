import type { ClientIdentity } from "#lib/oauth";

/** Where the browser goes after the decision, and how far the client's name can be believed. */
export function DestinationNote({ identity }: { identity: ClientIdentity }) {
  const { name, redirectKind, redirectHost } = identity;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p>
        Your answer is sent to{" "}
        <strong className="break-all font-mono font-medium">{PLACES[redirectKind](redirectHost)}</strong>
        {isProven(identity) ? <span className="text-quiet"> · verified as {name}</span> : null}
      </p>
      {warnings(identity).map((warning) => (
        <p key={warning} className="rounded-lg border border-danger px-3 py-2 text-danger" role="note">
          {warning}
        </p>
      ))}
    </div>
  );
}

/** On this computer any program can use a client's id and addresses: there no name is proven. */
export function isProven({ verified, redirectKind }: ClientIdentity): boolean {
  return verified && redirectKind === "https";
}

/** Where answers go, in words. */
export const PLACES = {
  https: (host: string) => host,
  loopback: (host: string) => `this computer (${host})`,
  app: (scheme: string) => `an app on this computer (${scheme})`,
};

function warnings({ name, verified, redirectKind, redirectHost }: ClientIdentity): string[] {
  if (redirectKind === "loopback") {
    return [
      `The answer goes to a program on this computer. Any program here could say it is ${name}: allow only if you have just started connecting it yourself.`,
    ];
  }
  if (redirectKind === "app") {
    return [
      `The answer goes to the app that opens ${redirectHost} addresses on this computer. Any app could have claimed them: allow only if you have just started connecting ${name} yourself.`,
    ];
  }
  if (verified) return [];
  return [
    `Unverified: this client calls itself ${name}, and nothing proves it. Allow only if you know ${redirectHost} and have just started connecting it yourself.`,
  ];
}
