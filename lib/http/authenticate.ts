import { isDomainAllowed, type KeyType, looksSecret, originDomain, type VerifiedKey } from "#lib/keys";
import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";

/** Whom a request speaks for. */
export type Principal = {
  organizationId: string;
  keyId: string;
  keyType: KeyType;
  /** Host name of the page that asked, if a browser said so. */
  originDomain: string | undefined;
  /** Whether answers may be kept by shared caches: not when the key was in a header or its use depends on the page. */
  cachePublicly: boolean;
};

export type Authentication =
  | { ok: true; principal: Principal }
  /** `of` is set when we know whose key it was, so that the refusal shows in that workspace's analytics. */
  | {
      ok: false;
      error: AppError;
      of: { organizationId: string; keyId: string; originDomain: string | undefined } | null;
    };

/** API key authentication: `key` in the query or `x-api-key`; secret keys by header only. */
export async function authenticate(
  request: Request,
  parameters: URLSearchParams,
  services: Pick<Services, "keys">,
  accepted: readonly KeyType[],
): Promise<Authentication> {
  const inQuery = parameters.get("key") ?? "";
  const inHeader = request.headers.get("x-api-key") ?? "";
  if (looksSecret(inQuery)) return refuse("secret_key_in_url");
  if (inQuery && inHeader && inQuery !== inHeader) return refuse("two_keys");
  const key = inHeader || inQuery;
  if (!key) return refuse("missing_key");
  const domain = originDomain(request.headers);
  const verification = await services.keys.verify(key);
  if (!verification.ok) {
    return refuse(verification.reason === "mistyped" ? "mistyped_key" : "invalid_key", verification.key, domain);
  }
  const verified = verification.key;
  if (!accepted.includes(verified.type)) return refuse("key_type_not_allowed", verified, domain);
  if (!isDomainAllowed(verified.allowedDomains, domain)) return refuse("domain_not_allowed", verified, domain);
  return {
    ok: true,
    principal: {
      organizationId: verified.organizationId,
      keyId: verified.id,
      keyType: verified.type,
      originDomain: domain,
      cachePublicly: !inHeader && verified.allowedDomains.length === 0,
    },
  };
}

function refuse(
  code:
    | "secret_key_in_url"
    | "two_keys"
    | "missing_key"
    | "mistyped_key"
    | "invalid_key"
    | "key_type_not_allowed"
    | "domain_not_allowed",
  key?: VerifiedKey,
  domain?: string,
): Authentication {
  const of = key ? { organizationId: key.organizationId, keyId: key.id, originDomain: domain } : null;
  return { ok: false, error: new AppError(code), of };
}
