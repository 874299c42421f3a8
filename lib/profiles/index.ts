/**
 * People: who a LinkedIn address or username means, what was imported or told about them, and whether they asked not
 * to be shown. What an organization imported is visible to that organization alone; a suppression holds everywhere.
 */
export { mergeAnswers, type ProviderAnswer, type ProviderAnswers } from "./answers.ts";
export { CORRECTABLE_FACTS, type CorrectableFact, type CorrectionChanges } from "./corrections.ts";
export { describeProfile, type ProfileDescription } from "./describe.ts";
export { type ProfileFacts, withoutSource } from "./facts.ts";
export { claimFinding, emailToFindBy, finishFinding } from "./findings.ts";
export { canonicalUrl, parseLinkedInUrl } from "./identity/linkedin-url.ts";
export { type Identity, type KnownIdentity, parseUsername } from "./identity/username.ts";
export { CSV_FIELDS, type CsvField } from "./import-files/csv-fields.ts";
export type { CsvMapping, RememberedFields } from "./import-files/csv-file.ts";
export { type OpenedImport, openImport } from "./import-files/open-import.ts";
export type { RefusedRow } from "./import-files/rows.ts";
export { readSaidColumns } from "./import-files/said-columns.ts";
export { TEXT_ENCODINGS, type TextEncoding } from "./import-files/text-encoding.ts";
export { createImportJobs, type ImportRow, type ImportStatus, underName } from "./import-jobs.ts";
export { createImportMapping, type ImportPreview } from "./import-mapping.ts";
export { type Advance, type ClaimedImport, createImportQueue, LEASE_SECONDS } from "./import-queue.ts";
export { createImports, type ImportedPerson, type ListedPerson, type SavedPerson } from "./imports.ts";
export { createOptOuts } from "./opt-outs.ts";
export { createPeople, type PersonAnswer, type PersonDetails, type PersonFact } from "./people.ts";
export { createPeopleActs } from "./people-acts.ts";
export { createPeopleList, type PeopleQuery, type PersonLine, type PersonStatus } from "./people-list.ts";
export { refusePlaceholder } from "./placeholders.ts";
export {
  abandonEnrichment,
  claimEnrichment,
  finishEnrichment,
  type KnownOfPerson,
  QUEUE_LEASE_MS,
  readEnrichment,
  rememberAnswers,
} from "./shared.ts";
export { createSuppressions, lockPerson, namesOf, type Suppression } from "./suppression.ts";
export { createProfileViews, type PhotoReference, type ProfileView } from "./view.ts";
