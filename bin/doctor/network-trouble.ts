import { Trouble } from "./step.ts";

const CERTIFICATE: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "The certificate is self-signed.",
  SELF_SIGNED_CERT_IN_CHAIN: "The certificate is signed by an authority of your own.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "The certificate is signed by nobody known, or the server leaves out the one between.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "The certificate is signed by an authority that is not known here.",
  CERT_HAS_EXPIRED: "The certificate has expired.",
  CERT_NOT_YET_VALID: "The certificate is not valid yet, or this computer's clock is wrong.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The certificate is for another host name.",
};

/** Why no answer came at all. */
export function networkTrouble(url: string, error: unknown): Trouble {
  const { host, protocol } = new URL(url);
  const codes = codesOf(error);
  const code = codes[0] ?? "";
  const certificate = codes.map((one) => CERTIFICATE[one]).find(Boolean);
  if (certificate) {
    return new Trouble(
      `The certificate of ${host} is refused (${code}).`,
      certificate,
      "Serve a certificate that every computer trusts (Caddy and certbot get one free of charge). To try with your own authority, set NODE_EXTRA_CA_CERTS to its file; hosted clients such as Claude and ChatGPT will go on refusing it.",
    );
  }
  if (codes.includes("ENOTFOUND") || codes.includes("EAI_AGAIN")) {
    return new Trouble(
      `The host name of ${host} is not found.`,
      "It is misspelt, or its DNS record is missing.",
      "Check the spelling, and that the name has an A or AAAA record that leads to the proxy.",
    );
  }
  if (codes.includes("ECONNREFUSED")) {
    return new Trouble(
      `Nothing listens at ${host}.`,
      "Avtrz is not running, or it listens on another port or address.",
      "Start it with npm start and compare with the address it prints.",
    );
  }
  if (codes.some((one) => one === "EPROTO" || one.startsWith("ERR_SSL"))) {
    return new Trouble(
      `${host} does not speak TLS (${code}).`,
      "The address begins with https, and the server behind it serves http alone.",
      "Put a proxy that serves https in front of Avtrz, or use the address with http:// on this computer.",
    );
  }
  const late = error instanceof Error && error.name === "TimeoutError";
  return new Trouble(
    late ? `${host} does not answer within 10 seconds.` : `${host} ends the connection (${code || "no reason given"}).`,
    late
      ? "A firewall drops the packets, or the server is overloaded."
      : `The proxy cannot reach Avtrz, or it expects ${protocol === "https:" ? "http" : "https"} at this port.`,
    "Ask for PUBLIC_URL/healthz from the same computer; if that fails too, look into the proxy's log.",
  );
}

/** The codes of an error and of what caused it, outermost first. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  const below = error instanceof AggregateError ? error.errors.flatMap(codesOf) : codesOf(error.cause);
  return [...(typeof code === "string" ? [code] : []), ...below];
}
