import { z } from "zod";
import { believed, createCaller, type ProviderApi, type ProviderRequest, type Tools } from "../http-provider.ts";
import { EVERYTHING, type Provider, toldText } from "../provider.ts";

const Profile = z.object({
  public_identifier: toldText(400),
  first_name: toldText(200),
  last_name: toldText(200),
  headline: toldText(1_000),
  occupation: toldText(1_000),
  summary: toldText(10_000),
  industry: toldText(200),
  city: toldText(200),
  state: toldText(200),
  country_full_name: toldText(200),
  profile_pic_url: toldText(4_000),
});
const Picture = z.object({ tmp_profile_pic_url: toldText(4_000) });

/**
 * EnrichLayer (fields as Proxycurl's): `GET /api/v2/profile` for a credit, and where only the photo is lacking
 * `GET /api/v2/person/profile-picture`, which is free, comes from its cache, and does not say whom it shows.
 * Source: enrichlayer.com/docs/api/v2/people-api. It takes no member URNs. No credit left is a 403; a miss may be billed.
 */
export function createEnrichLayer({ url, apiKey }: { url: string; apiKey: string }, tools?: Tools): Provider {
  const title = "EnrichLayer";
  const api: ProviderApi = {
    title,
    addressSetting: "ENRICHLAYER_URL",
    url,
    headers: { authorization: `Bearer ${apiKey}` },
    verdict: ({ status }) => (status === 403 ? { kind: "out_of_credit" } : undefined),
  };
  const call = createCaller(api, tools);
  return {
    name: "enrichlayer",
    title,
    tells: EVERYTHING,
    knows: ({ kind }) => kind === "username",
    units: ({ facts }) => (facts ? 1 : 0),
    async lookup(who, asking) {
      const wholeProfile = asking.wanted?.facts !== false;
      const reply = await call(wholeProfile ? profileOf(who.linkedinUrl) : pictureOf(who.linkedinUrl), asking);
      if (!reply.ok) return reply.outcome;
      if (!wholeProfile) {
        const { data } = Picture.safeParse(reply.body);
        const photos = [data?.tmp_profile_pic_url];
        return believed(title, who, data ? { username: who.username, facts: {}, photos } : null);
      }
      const { data } = Profile.safeParse(reply.body);
      if (!data) return believed(title, who, null);
      const { city, state, country_full_name: country } = data;
      return believed(title, who, {
        username: data.public_identifier,
        facts: {
          firstName: data.first_name,
          lastName: data.last_name,
          headline: data.headline ?? data.occupation,
          summary: data.summary,
          industry: data.industry,
          location: [city, state, country].filter(Boolean).join(", ") || undefined,
        },
        photos: [data.profile_pic_url],
      });
    },
  };
}

function profileOf(linkedinUrl: string): ProviderRequest {
  return {
    path: "/api/v2/profile",
    query: { profile_url: linkedinUrl, use_cache: "if-present", fallback_to_cache: "on-error" },
  };
}

function pictureOf(linkedinUrl: string): ProviderRequest {
  return { path: "/api/v2/person/profile-picture", query: { person_profile_url: linkedinUrl } };
}
