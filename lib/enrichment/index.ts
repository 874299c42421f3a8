/**
 * Looks people up where they are not known: a queue that takes each person once, a waterfall of providers within one
 * deadline, and a worker that keeps what it finds. A request never waits for any of it, a provider is believed only
 * about the person it was asked for, and a fact nobody told is never filled in.
 */
export { createProviderAsker } from "./ask-provider.ts";
export { downloadPhoto } from "./download-photo.ts";
export { createFinder } from "./find-by-email.ts";
export { createProviderStates, type ProviderError, type ProviderStatus } from "./provider-states.ts";
export { httpProviders } from "./providers/index.ts";
export { createEnrichmentQueue } from "./queue.ts";
export { createRecheck, type RecheckCost } from "./recheck.ts";
export { createProviderTrial, type Trial } from "./try-provider.ts";
export { createWaterfall } from "./waterfall.ts";
export { createEnrichmentWorker } from "./worker.ts";
