import { z } from "zod";
import { httpProvider, type Tools } from "../http-provider.ts";
import { EVERYTHING, type Provider, type ProviderOutcome, toldBoolean, toldText } from "../provider.ts";
import { verdictOn } from "./unipile-errors.ts";

/** As in Unipile's dashboard. `dsn` is `api8.unipile.com:13851`, or the same as a https address. */
export type UnipileConfig = { readonly dsn: string; readonly apiKey: string; readonly accountId: string };

export const WRONG_NETWORK: ProviderOutcome = {
  kind: "misconfigured",
  detail: "Unipile's account is not a LinkedIn account: configure the id of one.",
};

/** The part of `UserProfile` (LinkedIn) that is used. A field of another type than documented counts as not told. */
const UserProfile = z.object({
  provider: toldText(40),
  provider_id: toldText(100),
  public_identifier: toldText(400),
  first_name: toldText(200),
  last_name: toldText(200),
  headline: toldText(1_000),
  summary: toldText(10_000),
  location: toldText(200),
  profile_picture_url: toldText(4_000),
  profile_picture_url_large: toldText(4_000),
  is_premium: toldBoolean,
  is_open_to_work: toldBoolean,
});

/**
 * Unipile v1, `GET /api/v1/users/{identifier}`, through the LinkedIn account connected there.
 * Source: developer.unipile.com/reference/userscontroller_getprofilebyidentifier
 * @throws AppError invalid_configuration, if the DSN is no address
 */
export function createUnipile({ dsn, apiKey, accountId }: UnipileConfig, tools?: Tools): Provider {
  return httpProvider(
    {
      name: "unipile",
      title: "Unipile",
      addressSetting: "The Unipile DSN",
      url: dsn,
      headers: { "x-api-key": apiKey },
      tells: EVERYTHING,
      byMemberUrn: true,
      request: ({ username }) => ({
        path: `/api/v1/users/${encodeURIComponent(username)}`,
        // Without its section the summary is not sent; more sections cost more of LinkedIn's patience. `notify` off: the
        // person is not told that the account has looked at them.
        query: { account_id: accountId, linkedin_sections: "about", notify: "false" },
      }),
      verdict: verdictOn,
      read(body) {
        const { data: profile } = UserProfile.safeParse(body);
        if (!profile) return null;
        if (profile.provider !== undefined && profile.provider !== "LINKEDIN") return WRONG_NETWORK;
        return {
          username: profile.public_identifier,
          memberUrn: profile.provider_id,
          facts: {
            firstName: profile.first_name,
            lastName: profile.last_name,
            headline: profile.headline,
            summary: profile.summary,
            location: profile.location,
            premium: profile.is_premium,
            openToWork: profile.is_open_to_work,
          },
          photos: [profile.profile_picture_url_large, profile.profile_picture_url],
        };
      },
    },
    tools,
  );
}
