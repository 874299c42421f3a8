import { lookup as systemLookup } from "node:dns/promises";
import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { refusalOf } from "./addresses.ts";
import { codeOf, OutboundError } from "./failure.ts";
import { unlessAborted } from "./lifetime.ts";

type ResolvedAddress = { readonly address: string; readonly family: number };

/** How names become addresses and addresses sockets; tests put their own in place of the system's. */
export type Network = {
  lookup(hostname: string): Promise<readonly ResolvedAddress[]>;
  dial(options: net.TcpNetConnectOpts): net.Socket;
};

export const systemNetwork: Network = {
  lookup: (hostname) => systemLookup(hostname, { all: true }),
  dial: (options) => net.connect(options),
};

/** Where to connect to, and whether the operator named this very host and port as allowed to be private. */
export type Target = { readonly url: URL; readonly port: number; readonly privateAllowed: boolean };

/**
 * A connected socket, its TLS handshake done where the scheme is https. Addresses are checked three times: a literal
 * before anything is sent, every address a name resolves to (the socket is then given exactly those, so a second
 * answer cannot slip in), and the peer of the connected socket before its first byte (so that not even a resolver or
 * a NAT of this machine can lead elsewhere).
 * @throws OutboundError, or the signal's reason
 */
export async function connect(target: Target, network: Network, signal: AbortSignal): Promise<net.Socket> {
  const { url, port } = target;
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = await resolve(hostname, target, network, signal);
  signal.throwIfAborted();

  const socket = network.dial({ host: hostname, port, lookup: answerWith(addresses), autoSelectFamily: true });
  const destroy = () => socket.destroy();
  signal.addEventListener("abort", destroy, { once: true });
  // Whoever waits for the socket hears of an error by other means; without a listener it would end the process.
  socket.on("error", () => {});
  try {
    await established(socket, "connect", "network", url.host, signal);
    if (!target.privateAllowed && refusalOf(socket.remoteAddress ?? "") !== null) {
      throw new OutboundError("refused_address", url.host);
    }
    socket.setNoDelay(true);
    return url.protocol === "https:" ? await secure(socket, hostname, url.host, signal) : socket;
  } catch (error) {
    destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", destroy);
  }
}

async function resolve(hostname: string, target: Target, network: Network, signal: AbortSignal) {
  const { host } = target.url;
  const family = net.isIP(hostname);
  const addresses =
    family > 0
      ? [{ address: hostname, family }]
      : await unlessAborted(network.lookup(hostname), signal).catch((error: unknown) => {
          signal.throwIfAborted();
          throw new OutboundError("dns", host, codeOf(error));
        });
  if (addresses.length === 0) throw new OutboundError("dns", host);
  // One private address among public ones is no accident: the whole answer is refused.
  if (!target.privateAllowed && addresses.some(({ address }) => refusalOf(address) !== null)) {
    throw new OutboundError("refused_address", host);
  }
  return addresses;
}

function answerWith(addresses: readonly ResolvedAddress[]): net.LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? "", first?.family);
  };
}

async function secure(socket: net.Socket, hostname: string, host: string, signal: AbortSignal) {
  const secured = tls.connect({
    socket,
    host: hostname,
    // RFC 6066: no literal, and no trailing dot.
    ...(net.isIP(hostname) ? {} : { servername: hostname.replace(/\.$/, "") }),
    ALPNProtocols: ["http/1.1"],
    // Said aloud, it also wins over NODE_TLS_REJECT_UNAUTHORIZED=0.
    rejectUnauthorized: true,
  });
  secured.on("error", () => {});
  await established(secured, "secureConnect", "tls", host, signal);
  return secured;
}

async function established(
  socket: net.Socket,
  event: "connect" | "secureConnect",
  kind: "network" | "tls",
  host: string,
  signal: AbortSignal,
) {
  try {
    await once(socket, event, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new OutboundError(kind, host, codeOf(error));
  }
}
