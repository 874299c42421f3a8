/**
 * People: who a LinkedIn address or username means, what was imported or told about them, and whether they asked not
 * to be shown. What an organization imported is visible to that organization alone; a suppression holds everywhere.
 */
export { describeProfile, type ProfileDescription } from "./describe.ts";
export { type ProfileFacts, withoutSource } from "./facts.ts";
export { canonicalUrl, parseLinkedInUrl } from "./identity/linkedin-url.ts";
export { type Identity, type KnownIdentity, parseUsername } from "./identity/username.ts";
export { openImport } from "./import-files/open-import.ts";
export type { RefusedRow } from "./import-files/rows.ts";
export { createImports, type ImportedPerson, type ImportTally, type ListedPerson } from "./imports.ts";
export { abandonEnrichment, claimEnrichment, finishEnrichment, QUEUE_LEASE_MS } from "./shared.ts";
export { createSuppressions, type Suppression } from "./suppression.ts";
export { createProfileViews, type PhotoReference, type ProfileView } from "./view.ts";
