import { z } from "zod";
import { httpProvider, type Tools } from "../http-provider.ts";
import { type Provider, toldText } from "../provider.ts";

/** On some plans a field that exists but is not part of the plan is sent as `true`: that is not told. */
const Person = z.object({
  id: toldText(128),
  linkedin_username: toldText(400),
  profiles: z
    .array(z.object({ network: toldText(40), username: toldText(400) }))
    .optional()
    .catch(undefined),
  first_name: toldText(200),
  last_name: toldText(200),
  headline: toldText(1_000),
  job_title: toldText(300),
  job_company_name: toldText(300),
  summary: toldText(10_000),
  job_summary: toldText(10_000),
  industry: toldText(200),
  location_name: toldText(200),
});
const Answer = z.object({ data: Person });

const FIELDS = Object.keys(Person.shape).join(",");

/**
 * People Data Labs, `GET /v5/person/enrich`: facts, never a photo; a miss (404) is not billed. Its 429 has no Retry-After,
 * but X-RateLimit-Reset as an ISO time; the other X-RateLimit headers are JSON objects, which nothing here depends on.
 * Source: docs.peopledatalabs.com/docs/reference-person-enrichment-api and …/usage-limits
 */
export function createPeopleDataLabs({ url, apiKey }: { url: string; apiKey: string }, tools?: Tools): Provider {
  return httpProvider(
    {
      name: "peopledatalabs",
      title: "People Data Labs",
      addressSetting: "PEOPLEDATALABS_URL",
      url,
      headers: { "x-api-key": apiKey },
      tells: { photo: false, facts: true },
      // Names come in lower case unless asked for otherwise.
      request: ({ linkedinUrl }) => ({
        path: "/v5/person/enrich",
        query: { profile: linkedinUrl, min_likelihood: "6", titlecase: "true", data_include: FIELDS },
      }),
      verdict: ({ status, headers }) =>
        status === 404 && /json/.test(headers.get("content-type") ?? "")
          ? { kind: "not_found", free: true }
          : undefined,
      read(body) {
        const { data } = Answer.safeParse(body);
        if (!data) return null;
        const person = data.data;
        const job = [person.job_title, person.job_company_name].filter(Boolean).join(" at ");
        return {
          username: person.linkedin_username,
          personId: person.id,
          // It joins what one person went by over the years.
          otherUsernames: person.profiles?.filter(({ network }) => network === "linkedin").map((one) => one.username),
          facts: {
            firstName: person.first_name,
            lastName: person.last_name,
            headline: person.headline ?? (person.job_title ? job : undefined),
            summary: person.summary ?? person.job_summary,
            industry: person.industry,
            location: person.location_name,
          },
          photos: [],
        };
      },
    },
    tools,
  );
}
