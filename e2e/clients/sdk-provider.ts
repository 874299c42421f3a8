/** What both majors of the SDK ask their host application to keep, kept in memory. */
export type Kept = {
  client?: { client_id: string };
  tokens?: { access_token: string; refresh_token?: string; token_type: string };
  verifier?: string;
  authorizationUrl?: URL;
  discovery?: unknown;
};

export const REDIRECT = "http://127.0.0.1:51734/callback";

/** An OAuthClientProvider; the shape is the same in both majors. */
export function createProvider(name: string, kept: Kept) {
  return {
    redirectUrl: REDIRECT,
    clientMetadata: {
      redirect_uris: [REDIRECT],
      client_name: name,
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    state: () => "a state of the client's",
    clientInformation: () => kept.client,
    saveClientInformation: (client: { client_id: string }) => {
      kept.client = client;
    },
    tokens: () => kept.tokens,
    saveTokens: (tokens: NonNullable<Kept["tokens"]>) => {
      kept.tokens = tokens;
    },
    redirectToAuthorization: (url: URL) => {
      kept.authorizationUrl = url;
    },
    saveCodeVerifier: (verifier: string) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? "",
    saveDiscoveryState: (state: unknown) => {
      kept.discovery = state;
    },
    discoveryState: () => kept.discovery as undefined,
  };
}
