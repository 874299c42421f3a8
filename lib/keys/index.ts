/**
 * API keys: mint, verify, rotate, revoke, and the domain firewall. A typo is refused without a database read, a
 * secret key is never stored, and a revocation holds in every process within a second.
 */
export { createKeyAdministration } from "./administration.ts";
export { isDomainAllowed, originDomain } from "./domains.ts";
export { type KeyType, looksSecret, typeOfKey } from "./format.ts";
export { createLeakReports, LeakReports, LeakVerdicts } from "./leaks.ts";
export { createKeyManager, GRACE_CHOICES, type KeySummary, type MintedKey } from "./manage.ts";
export type { McpKey } from "./mcp-key.ts";
export { createKeyOverview, type KeyOverview } from "./overview.ts";
export { createRecentUse } from "./recent-use.ts";
export { createSignedUrls } from "./signed-urls.ts";
export { createKeyVerifier, type Verification, type VerifiedKey } from "./verify.ts";
