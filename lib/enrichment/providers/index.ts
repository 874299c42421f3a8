import type { Config, HttpProviderName } from "#lib/platform/config";
import type { Provider } from "../provider.ts";
import { createApollo } from "./apollo.ts";
import { createEnrichLayer } from "./enrichlayer.ts";
import { createGitHub } from "./github.ts";
import { createGravatar } from "./gravatar.ts";
import { createPeopleDataLabs } from "./peopledatalabs.ts";
import { createUnipile } from "./unipile.ts";
import { createUnipileV2 } from "./unipile-v2.ts";

const CREATE: Readonly<Record<HttpProviderName, (config: Config) => Provider | undefined>> = {
  unipile: ({ unipile }) => {
    if (unipile?.api === "v2") return createUnipileV2({ ...unipile, url: unipile.dsn });
    return unipile && createUnipile(unipile);
  },
  enrichlayer: ({ enrichlayer }) => enrichlayer && createEnrichLayer(enrichlayer),
  peopledatalabs: ({ peopledatalabs }) => peopledatalabs && createPeopleDataLabs(peopledatalabs),
  apollo: ({ apollo }) => apollo && createApollo(apollo),
  gravatar: ({ gravatar }) => gravatar && createGravatar(gravatar),
  github: ({ github }) => github && createGitHub({ url: github.url, token: github.apiKey }),
};

/** The HTTP providers that have credentials, in the order configured. */
export function httpProviders(config: Config): Provider[] {
  return config.providers.flatMap((name) => (name === "imports" ? [] : (CREATE[name](config) ?? [])));
}
