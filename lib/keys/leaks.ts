import { createVerify } from "node:crypto";
import { z } from "zod";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import type { Log } from "#lib/platform/log";
import { hashKey, typeOfKey } from "./format.ts";
import type { createKeyManager } from "./manage.ts";

/** One finding of a secret scanner (GitHub's partner programme): the text found, and where. */
export const LeakReports = z.array(
  z.object({ token: z.string().max(512), type: z.string().max(200), url: z.string().max(2_000).catch("") }),
);
const PublicKeys = z.object({ public_keys: z.array(z.object({ key_identifier: z.string(), key: z.string() })) });

/** What the scanner is told of each finding, in the form its programme asks for. */
export const LeakVerdicts = z.array(
  z.object({ token_raw: z.string(), token_type: z.string(), label: z.enum(["true_positive", "false_positive"]) }),
);
type LeakVerdict = z.infer<typeof LeakVerdicts>[number];

/** A secret key that was found in public; `url` is where, as the report says. */
export type LeakedKey = { organizationId: string; id: string; name: string; last4: string; url: string };

const KEYS_REMEMBERED_MS = 60 * 60_000;
/** An unknown key identifier may mean new keys, but asking for them must not become a lever. */
const RELOAD_AT_MOST_EVERY_MS = 60_000;

/**
 * Takes reports of leaked keys. `keysUrl` serves the scanner's public keys; `fetchBytes` is the guarded client.
 * Only secret keys are secrets: a publishable key in a public page is where it belongs.
 */
export function createLeakReports(options: {
  db: Database;
  clock: Clock;
  log: Log;
  manager: Pick<ReturnType<typeof createKeyManager>, "revoke">;
  /** Tells the owners; for one key it may be called more than once. */
  tellOwners: (leak: LeakedKey) => Promise<void>;
  keysUrl: string;
  fetchBytes: (url: string) => Promise<Uint8Array>;
}) {
  const { db, clock, log, manager } = options;
  let known = new Map<string, string>();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const text = new TextDecoder().decode(await options.fetchBytes(options.keysUrl));
    const { public_keys } = PublicKeys.parse(JSON.parse(text));
    known = new Map(public_keys.map((entry) => [entry.key_identifier, entry.key]));
    loadedAt = clock.now();
  }

  async function publicKey(identifier: string): Promise<string | undefined> {
    const age = clock.now() - loadedAt;
    if (age > KEYS_REMEMBERED_MS || (!known.has(identifier) && age > RELOAD_AT_MOST_EVERY_MS)) {
      loading ??= load().finally(() => {
        loading = undefined;
      });
      await loading.catch((error) => log.warn({ err: error }, "the scanner's public keys could not be read"));
    }
    return known.get(identifier);
  }

  return {
    /** Whether `signature` (base64, ECDSA over SHA-256) is the scanner's over exactly these bytes. */
    async isSigned(body: Uint8Array, identifier: string, signature: string): Promise<boolean> {
      const key = await publicKey(identifier);
      if (!key) return false;
      try {
        return createVerify("sha256").update(body).verify(key, signature, "base64");
      } catch {
        return false;
      }
    },

    /** Revokes every live secret key among the findings; reporting one twice changes nothing. Throws AppError `invalid_body`. */
    async accept(body: Uint8Array): Promise<LeakVerdict[]> {
      const reports = readReports(body);
      const secrets = reports.filter((report) => typeOfKey(report.token) === "secret");
      const rows = await db.query<Omit<LeakedKey, "url"> & { hash: Buffer }>(
        `select hash, id, organization_id as "organizationId", name, last4 from api_key where hash = any($1::bytea[])`,
        [secrets.map((report) => hashKey(report.token))],
      );
      const live = new Map(rows.map((row) => [row.hash.toString("hex"), row]));
      const verdicts: LeakVerdict[] = [];
      for (const report of reports) {
        const row = live.get(hashKey(report.token).toString("hex"));
        if (row) {
          await manager.revoke(row.organizationId, row.id, "secret-scanning", `found at ${report.url}`);
          await options.tellOwners({ ...row, url: report.url });
          log.warn(
            { key: row.id, organization: row.organizationId, url: report.url },
            "a leaked secret key was revoked",
          );
        }
        const label = row ? "true_positive" : "false_positive";
        verdicts.push({ token_raw: report.token, token_type: report.type, label });
      }
      return verdicts;
    },
  };
}

function readReports(body: Uint8Array): z.infer<typeof LeakReports> {
  try {
    return LeakReports.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch (cause) {
    throw new AppError("invalid_body", { fields: { expected: "a list of {token, type, url}" }, cause });
  }
}
