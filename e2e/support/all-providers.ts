import { type Config, HTTP_PROVIDERS, type ProviderLimits } from "../../lib/platform/config.ts";
import { type Enrichment, setUpEnrichment } from "./enrichment.ts";
import type { FakeInternet } from "./fake-internet.ts";
import * as contracts from "./provider-contracts.ts";
import { type ProviderServer, startProviderServer } from "./provider-server.ts";

type Name = "enrichlayer" | "peopledatalabs" | "apollo" | "gravatar" | "github";

const CONTRACTS: Record<Name, contracts.Contract> = {
  enrichlayer: contracts.enrichLayer,
  peopledatalabs: contracts.peopleDataLabs,
  apollo: contracts.apollo,
  gravatar: contracts.gravatar,
  github: contracts.github,
};

type AllProviders = Enrichment & { servers: Record<Name, ProviderServer> };

/** As `setUpEnrichment`, with every provider there is: Unipile, and the others behind it in the usual order. */
export function setUpAllProviders(limits: Partial<Record<string, Partial<ProviderLimits>>> = {}): AllProviders {
  const servers = {} as Record<Name, ProviderServer>;
  const configure = async (internet: FakeInternet): Promise<Partial<Config>> => {
    const config: Partial<Record<Name, { url: string; apiKey: string }>> = {};
    for (const [name, contract] of Object.entries(CONTRACTS) as [Name, contracts.Contract][]) {
      servers[name] = await startProviderServer(contract, { internet });
      config[name] = { url: servers[name].baseUrl, apiKey: servers[name].apiKey };
    }
    return { ...config, providerLimits: limitsOf(limits) };
  };
  return Object.assign(setUpEnrichment({}, configure), { servers });
}

/** Limits of all providers: those given, else 4 places and no budget. */
function limitsOf(limits: Partial<Record<string, Partial<ProviderLimits>>>): Config["providerLimits"] {
  return Object.fromEntries(
    HTTP_PROVIDERS.map((name) => [name, { monthlyBudget: undefined, concurrency: 4, ...limits[name] }]),
  ) as Config["providerLimits"];
}
