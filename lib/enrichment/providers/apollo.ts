import { z } from "zod";
import { parseLinkedInUrl } from "#lib/profiles";
import { httpProvider, type Tools } from "../http-provider.ts";
import { EVERYTHING, type Provider, toldText } from "../provider.ts";

const Person = z.object({
  linkedin_url: toldText(1_000),
  first_name: toldText(200),
  last_name: toldText(200),
  headline: toldText(1_000),
  city: toldText(200),
  state: toldText(200),
  country: toldText(200),
  photo_url: toldText(4_000),
  organization: z
    .object({ industry: toldText(200) })
    .optional()
    .catch(undefined),
});
/** A miss is a 200 whose person is null, empty or absent. */
const Answer = z.object({ person: z.union([Person, z.null()]).optional() });

const ErrorBody = z.object({
  error: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/**
 * Apollo, `POST /api/v1/people/match`. What nobody matched is not billed. Its photo may be LinkedIn's placeholder.
 * Source: docs.apollo.io/reference/people-enrichment
 */
export function createApollo({ url, apiKey }: { url: string; apiKey: string }, tools?: Tools): Provider {
  return httpProvider(
    {
      name: "apollo",
      title: "Apollo",
      addressSetting: "APOLLO_URL",
      url,
      headers: { "x-api-key": apiKey },
      tells: EVERYTHING,
      request: ({ linkedinUrl }) => ({
        method: "POST",
        path: "/api/v1/people/match",
        query: { linkedin_url: linkedinUrl, reveal_personal_emails: "false", reveal_phone_number: "false" },
      }),
      verdict({ status }, body) {
        const { error = "", message = "" } = ErrorBody.safeParse(body).data ?? {};
        const refused = status === 403 || status === 422;
        return refused && /insufficient credits|credit limit/i.test(`${error} ${message}`)
          ? { kind: "out_of_credit" }
          : undefined;
      },
      read(body) {
        const { data } = Answer.safeParse(body);
        if (!data) return null;
        const { person } = data;
        if (!person || Object.values(person).every((value) => value === undefined)) {
          return { kind: "not_found", free: true };
        }
        const named = parseLinkedInUrl(person.linkedin_url ?? "");
        return {
          username: named.ok ? named.username : undefined,
          facts: {
            firstName: person.first_name,
            lastName: person.last_name,
            headline: person.headline,
            industry: person.organization?.industry,
            location: [person.city, person.state, person.country].filter(Boolean).join(", ") || undefined,
          },
          photos: [person.photo_url],
        };
      },
    },
    tools,
  );
}
