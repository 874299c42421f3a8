import type { RequestListener } from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { type Certificate, createAuthority } from "./certificates.ts";
import { type Loopback, listen } from "./loopback.ts";

/**
 * Public hosts that are really servers on loopback: names resolve to public addresses, connections to those addresses
 * end here, and their sockets say that they came from there. What is not a site of this internet cannot be reached.
 */
export type FakeInternet = {
  readonly authority: { issue(hostname: string, dates?: { notBefore: Date; notAfter: Date }): Certificate };
  /** What names resolve to. A function is asked anew each time, with the number of the question, from 0. */
  readonly names: Map<string, string[] | ((question: number) => string[])>;
  /** The addresses that were connected to, in order. */
  readonly dialed: string[];
  lookup(hostname: string): Promise<{ address: string; family: number }[]>;
  dial(options: net.TcpNetConnectOpts): net.Socket;
  /** A https site: its name, a public address of its own, and what it answers. */
  site(hostname: string, answer: RequestListener, certificate?: Certificate): Promise<Site>;
  /** Leads an address to a server of one's own; `peer` is what its sockets say they are connected to. */
  route(address: string, port: number, peer?: string): void;
  stop(): Promise<void>;
};

export type Site = Loopback & { readonly address: string; readonly origin: string };

export function startFakeInternet(): FakeInternet {
  const authority = createAuthority();
  // The system's trust is what requests must be checked against, so this process's is extended, not any option.
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), authority.cert]);
  const names: FakeInternet["names"] = new Map();
  const questions = new Map<string, number>();
  const routes = new Map<string, { port: number; peer: string }>();
  const sites: Site[] = [];
  const dialed: string[] = [];

  return {
    authority,
    names,
    dialed,
    async lookup(hostname) {
      const asked = questions.get(hostname) ?? 0;
      questions.set(hostname, asked + 1);
      const known = names.get(hostname);
      if (!known) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: "ENOTFOUND" });
      const addresses = typeof known === "function" ? known(asked) : known;
      return addresses.map((address) => ({ address, family: net.isIP(address) }));
    },
    dial(options) {
      const address = addressOf(options);
      dialed.push(address);
      const route = routes.get(address);
      if (!route) return new net.Socket().destroy(Object.assign(new Error("unreachable"), { code: "ENETUNREACH" }));
      const socket = net.connect({ host: "127.0.0.1", port: route.port });
      Object.defineProperty(socket, "remoteAddress", { value: route.peer });
      return socket;
    },
    async site(hostname, answer, certificate = authority.issue(hostname)) {
      const loopback = await listen(https.createServer(certificate, answer));
      const site = { ...loopback, address: `93.184.216.${sites.length + 1}`, origin: `https://${hostname}` };
      sites.push(site);
      names.set(hostname, [site.address]);
      routes.set(site.address, { port: site.port, peer: site.address });
      return site;
    },
    route: (address, port, peer = address) => void routes.set(address, { port, peer }),
    async stop() {
      await Promise.all(sites.map((site) => site.stop()));
    },
  };
}

/** What the caller's lookup option answers is what the system would connect to. */
function addressOf({ host = "", lookup }: net.TcpNetConnectOpts): string {
  let found = host;
  if (net.isIP(host) === 0) {
    lookup?.(host, { all: false }, (_error, address) => {
      found = typeof address === "string" ? address : "";
    });
  }
  return found;
}
