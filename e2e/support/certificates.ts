import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** PEM texts, as node:https takes them. */
export type Certificate = { readonly cert: string; readonly key: string };

const ECDSA_WITH_SHA256 = "2a8648ce3d040302";
const COMMON_NAME = "550403";
const BASIC_CONSTRAINTS = "551d13";
const SUBJECT_ALT_NAME = "551d11";

/**
 * A new authority, by a name of its own: of two of one name a process that trusts both would ask the wrong one. `issue` signs
 * certificates for hostnames, valid unless dates are given.
 */
export function createAuthority(issuer = `Avtrz test authority ${randomBytes(6).toString("hex")}`): {
  cert: string;
  issue(hostname: string, dates?: { notBefore: Date; notAfter: Date }): Certificate;
} {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const isAuthority = extension(BASIC_CONSTRAINTS, der(0x30, der(0x01, Buffer.from([0xff]))));
  const { cert } = create(issuer, authority, { name: issuer, key: authority.privateKey }, isAuthority);
  return {
    cert,
    issue(hostname, dates) {
      const names = extension(SUBJECT_ALT_NAME, der(0x30, der(0x82, Buffer.from(hostname))));
      const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return create(hostname, keys, { name: issuer, key: authority.privateKey }, names, dates);
    },
  };
}

/** X.509 v3 (RFC 5280, 4.1) in as much DER as TLS needs; node:crypto reads certificates but makes none. */
function create(
  subject: string,
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  signer: { name: string; key: KeyObject },
  extensions: Buffer,
  dates = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) },
): Certificate {
  const algorithm = der(0x30, oid(ECDSA_WITH_SHA256));
  const signed = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name(signer.name),
    der(0x30, time(dates.notBefore), time(dates.notAfter)),
    name(subject),
    keys.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(0x30, extensions)),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", signed, signer.key)]);
  const cert = pem("CERTIFICATE", der(0x30, signed, algorithm, der(0x03, signature)));
  return { cert, key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

function name(commonName: string): Buffer {
  return der(0x30, der(0x31, der(0x30, oid(COMMON_NAME), der(0x0c, Buffer.from(commonName)))));
}

function time(date: Date): Buffer {
  return der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, "")));
}

function extension(id: string, value: Buffer): Buffer {
  return der(0x30, oid(id), der(0x04, value));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const [high, low] = [body.length >> 8, body.length & 0xff];
  const length = body.length < 0x80 ? [low] : high === 0 ? [0x81, low] : [0x82, high, low];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString("base64").replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}
