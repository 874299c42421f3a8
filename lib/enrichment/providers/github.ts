import { z } from "zod";
import { parseLinkedInUrl } from "#lib/profiles";
import { believed, createCaller, type ProviderApi, type Tools } from "../http-provider.ts";
import { canonicalUsername, type Provider, toldText, type Who } from "../provider.ts";

const SocialAccounts = z.array(z.object({ provider: toldText(40), url: toldText(1_000) }));
const User = z.object({
  login: toldText(100),
  bio: toldText(1_000),
  location: toldText(200),
  avatar_url: toldText(4_000),
});

/** What GitHub takes for a login. */
const LOGIN = /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}$/i;

/**
 * GitHub: an account of the same name, believed only where it declares this very LinkedIn profile among its social
 * accounts. That is asked first, so that most of those who are somebody else cost one request.
 * Source: docs.github.com/rest/users/social-accounts and …/users/users
 */
export function createGitHub({ url, token }: { url: string; token: string }, tools?: Tools): Provider {
  const title = "GitHub";
  const api: ProviderApi = {
    title,
    addressSetting: "GITHUB_API_URL",
    url,
    headers: { authorization: `Bearer ${token}`, "x-github-api-version": "2022-11-28" },
    // Its limits are a 403 as often as a 429.
    verdict: ({ status, headers }) =>
      status === 403 && (headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after"))
        ? "rate_limited"
        : undefined,
  };
  const call = createCaller(api, tools);
  return {
    name: "github",
    title,
    // One name in one field: nobody said which part of it is which.
    tells: { photo: true, facts: false },
    drawsPlaceholders: true,
    knows: ({ kind, username }) => kind === "username" && LOGIN.test(username),
    units: () => 1,
    async lookup(who, asking) {
      const accounts = await call(
        { path: `/users/${who.username}/social_accounts`, query: { per_page: "100" } },
        asking,
      );
      if (!accounts.ok) return accounts.outcome;
      const { data: declared } = SocialAccounts.safeParse(accounts.body);
      if (!declared) return believed(title, who, null);
      if (!declared.some(({ provider, url }) => provider === "linkedin" && isProfileOf(who, url))) {
        return { kind: "not_found" };
      }
      const reply = await call({ path: `/users/${who.username}` }, asking);
      if (!reply.ok) return reply.outcome;
      const { data: user } = User.safeParse(reply.body);
      if (!user) return believed(title, who, null);
      return believed(title, who, {
        username: user.login,
        facts: {
          summary: user.bio,
          location: user.location,
        },
        photos: [user.avatar_url],
      });
    },
  };
}

function isProfileOf(who: Who, url: string | undefined): boolean {
  const named = parseLinkedInUrl(url ?? "");
  return named.ok && canonicalUsername(named.username) === canonicalUsername(who.username);
}
