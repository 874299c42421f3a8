import { createHash } from "node:crypto";
import { z } from "zod";
import { believed, createCaller, type Tools } from "../http-provider.ts";
import { EVERYTHING, type Provider, toldText } from "../provider.ts";

const Profile = z.object({
  hash: toldText(64),
  avatar_url: toldText(4_000),
  first_name: toldText(200),
  last_name: toldText(200),
  description: toldText(10_000),
  location: toldText(200),
  job_title: toldText(300),
  company: toldText(300),
});

/**
 * Gravatar v3, `GET /v3/profiles/{sha256 of the address}`: free, by an e-mail address that an organization imported. The
 * address itself never leaves; the answer is that organization's alone. Source: docs.gravatar.com/rest-api
 */
export function createGravatar({ url, apiKey }: { url: string; apiKey: string }, tools?: Tools): Provider {
  const title = "Gravatar";
  const headers = { authorization: `Bearer ${apiKey}` };
  const call = createCaller({ title, addressSetting: "GRAVATAR_URL", url, headers }, tools);
  return {
    name: "gravatar",
    title,
    tells: EVERYTHING,
    organizationBound: true,
    knows: () => true,
    units: () => 1,
    async lookup(who, asking) {
      if (!asking.email) return { kind: "not_found" };
      const hash = emailHash(asking.email);
      const reply = await call({ path: `/v3/profiles/${hash}` }, asking);
      if (!reply.ok) return reply.outcome;
      const { data } = Profile.safeParse(reply.body);
      if (!data) return believed(title, who, null);
      if (data.hash !== hash) {
        return {
          kind: "transient",
          detail: `${title}: The answer is about another address than the one asked for.`,
          final: true,
        };
      }
      const job = [data.job_title, data.company].filter(Boolean).join(" at ");
      return believed(title, who, {
        username: who.username,
        memberUrn: who.username,
        facts: {
          firstName: data.first_name,
          lastName: data.last_name,
          headline: data.job_title ? job : undefined,
          summary: data.description,
          location: data.location,
        },
        photos: [data.avatar_url && pictureAt(data.avatar_url)],
      });
    },
  };
}

/** As Gravatar wants it: of the address without surrounding space, in lower case. */
export function emailHash(email: string): string {
  return createHash("sha256").update(email.trim().toLowerCase()).digest("hex");
}

/** Large, and a 404 instead of a drawing for whoever has no picture. */
function pictureAt(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url) return undefined;
  url.searchParams.set("s", "512");
  url.searchParams.set("d", "404");
  return url.href;
}
