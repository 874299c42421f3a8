import { printable } from "./ask.ts";
import { Trouble } from "./step.ts";

/** Why an address that a document names is not the one it must be, letter by letter. */
export function otherAddress(what: string, said: unknown, expected: string): Trouble {
  const seen = `${what} is ${typeof said === "string" ? printable(said) : "missing"}, and must be ${expected} exactly.`;
  const url = typeof said === "string" ? URL.parse(said) : null;
  const wanted = new URL(expected);
  if (!url) {
    return new Trouble(
      seen,
      "It is not an Avtrz that answers, or something rewrites its answer.",
      "Check what the proxy passes on.",
    );
  }
  if (said === `${expected}/` || `${said}/` === expected) {
    return new Trouble(
      seen,
      "One of the two has a slash at its end, and clients compare them as text.",
      `Use ${printable(url.href)} in the client exactly as the server says it, and let the proxy add or remove no slash.`,
    );
  }
  if (url.host === wanted.host && url.protocol !== wanted.protocol) {
    const http = url.protocol === "http:";
    return new Trouble(
      seen,
      http
        ? "The proxy serves https and Avtrz behind it was told that it is reached by http."
        : "Avtrz was told that it is reached by https, and this address is http.",
      http
        ? `Set PUBLIC_URL=${wanted.origin} and start Avtrz again.`
        : `Use ${url.href} in the client, or set PUBLIC_URL=${wanted.origin} when there is no https.`,
    );
  }
  if (url.origin !== wanted.origin) {
    return new Trouble(
      seen,
      "PUBLIC_URL is not the address that clients use.",
      `Set PUBLIC_URL=${wanted.origin} and start Avtrz again, or use ${printable(url.href)} in the client.`,
    );
  }
  return new Trouble(seen, "The path is another one than the server's.", `Use ${printable(url.href)} in the client.`);
}
