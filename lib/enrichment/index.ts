/**
 * Enrichment: asks the configured providers about a person, in typed outcomes.
 * A provider is believed only about the person it was asked for, and a fact nobody told is never filled in.
 * How a provider is doing is plain data with pure rules, so that any number of processes can share it.
 */
export { admit, NEW_PROVIDER, nextProviderState, type ProviderState } from "./breaker.ts";
export { isGhostPhoto } from "./ghost-photos.ts";
export type { ProfileFacts, Provider, ProviderOutcome, Who } from "./provider.ts";
export { createUnipile, type UnipileConfig } from "./providers/unipile.ts";
