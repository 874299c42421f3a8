import { z } from "zod";
import { httpProvider, type Tools } from "../http-provider.ts";
import { EVERYTHING, type Provider, toldBoolean, toldText } from "../provider.ts";
import { WRONG_NETWORK } from "./unipile.ts";
import { verdictOn } from "./unipile-errors.ts";

const Specifics = z.object({
  headline: toldText(1_000),
  industry: toldText(200),
  is_premium: toldBoolean,
  is_open_to_work: toldBoolean,
});

/** The part of v2's `User` (LinkedIn) that is used. `description` and `bio` are what the person wrote of themselves. */
const User = z.object({
  provider: toldText(40),
  id: toldText(100),
  public_identifier: toldText(400),
  first_name: toldText(200),
  last_name: toldText(200),
  headline: toldText(1_000),
  industry: toldText(200),
  bio: toldText(10_000),
  description: toldText(10_000),
  location: toldText(200),
  public_picture_url: toldText(4_000),
  public_picture_url_large: toldText(4_000),
  specifics: Specifics.optional().catch(undefined),
});

/**
 * Unipile v2 (beta), `GET /v2/{account_id}/users/{user_id}`: one address for all accounts, other names for the same
 * things. Under the name of v1: it is the same account at LinkedIn that is spent.
 */
export function createUnipileV2(
  { url, apiKey, accountId }: { url: string; apiKey: string; accountId: string },
  tools?: Tools,
): Provider {
  return httpProvider(
    {
      name: "unipile",
      title: "Unipile",
      addressSetting: "The Unipile DSN",
      url,
      headers: { "x-api-key": apiKey },
      tells: EVERYTHING,
      byMemberUrn: true,
      request: ({ username }) => ({
        path: `/v2/${encodeURIComponent(accountId)}/users/${encodeURIComponent(username)}`,
      }),
      verdict: verdictOn,
      read(body) {
        const { data: user } = User.safeParse(body);
        if (!user) return null;
        if (user.provider !== undefined && user.provider.toUpperCase() !== "LINKEDIN") return WRONG_NETWORK;
        return {
          username: user.public_identifier,
          memberUrn: user.id,
          facts: {
            firstName: user.first_name,
            lastName: user.last_name,
            headline: user.headline ?? user.specifics?.headline,
            summary: user.bio ?? user.description,
            industry: user.industry ?? user.specifics?.industry,
            location: user.location,
            premium: user.specifics?.is_premium,
            openToWork: user.specifics?.is_open_to_work,
          },
          photos: [user.public_picture_url_large, user.public_picture_url],
        };
      },
    },
    tools,
  );
}
