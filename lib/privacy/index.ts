/**
 * What a person may ask of an installation: not to be shown, to get what is stored of them, and to have it erased; and for
 * how long anything about a request is kept. What an e-mail address proves of a profile: nothing, so people decide.
 */
export { createLinkedInProof } from "./linkedin-proof.ts";
export { createPersonalData, type ErasureReport, type PersonalData } from "./personal-data.ts";
export { createRemovalRequests, type DecidedRemoval, type RemovalRequest } from "./removal-requests.ts";
export { createRetention, MIN_KEEP_REQUESTS_DAYS } from "./retention.ts";
