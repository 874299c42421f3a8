import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { parseLinkedInUrl } from "../../lib/profiles/index.ts";
import { memberUrnOf } from "./unipile-server.ts";

/** What one provider documents of its API, as a server has to speak it. */
export type Contract = {
  readonly name: string;
  /** Where it lives on a fake internet. */
  readonly host: string;
  /** Whom a request asks for (a username, or what stands for one); null when it is no request of this API. */
  identify(method: string, url: URL): string | null;
  authorized(headers: IncomingHttpHeaders, apiKey: string): boolean;
  readonly unauthorized: { status: number; body: unknown; headers?: Record<string, string> };
  readonly miss: { status: number; body: unknown };
  profile(about: { identifier: string; photo: string; url: URL; fields: Record<string, unknown> }): unknown;
};

const bearer: Contract["authorized"] = ({ authorization }, apiKey) => authorization === `Bearer ${apiKey}`;
const xApiKey: Contract["authorized"] = (headers, apiKey) => headers["x-api-key"] === apiKey;

function usernameIn(linkedInUrl: string | null): string | null {
  const identity = parseLinkedInUrl(linkedInUrl ?? "");
  return identity.ok ? identity.username : null;
}

/** The first and the last name of `jane-doe`. */
export function namesOf(identifier: string): { first: string; last: string } {
  const words = identifier.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return { first: words[0] ?? "", last: words.slice(1).join(" ") };
}

export const unipileV2: Contract = {
  name: "unipile",
  host: "api.unipile.com",
  identify(method, { pathname }) {
    const [, id] = /^\/v2\/account-1\/users\/([^/]+)$/.exec(pathname) ?? [];
    return method === "GET" && id ? decodeURIComponent(id) : null;
  },
  authorized: xApiKey,
  unauthorized: {
    status: 401,
    body: { type: "errors/missing_credentials", title: "Missing credentials", status: 401 },
  },
  miss: {
    status: 404,
    body: { type: "errors/resource_not_found", title: "Not found", detail: "User not found", status: 404 },
  },
  profile({ identifier, photo, fields }) {
    const { first, last } = namesOf(identifier);
    return {
      object: "User",
      provider: "linkedin",
      id: memberUrnOf(identifier),
      public_identifier: identifier,
      display_name: `${first} ${last}`,
      first_name: first,
      last_name: last,
      description: null,
      bio: `About ${first}.`,
      location: "Lisbon, Portugal",
      public_picture_url: `${photo}?size=100`,
      public_picture_url_large: photo,
      specifics: { headline: `${first} builds things`, is_premium: false, is_open_to_work: true },
      ...fields,
    };
  },
};

export const enrichLayer: Contract = {
  name: "enrichlayer",
  host: "enrichlayer.com",
  identify(method, { pathname, searchParams }) {
    if (method !== "GET") return null;
    if (pathname === "/api/v2/profile") return usernameIn(searchParams.get("profile_url"));
    if (pathname === "/api/v2/person/profile-picture") return usernameIn(searchParams.get("person_profile_url"));
    return null;
  },
  authorized: bearer,
  unauthorized: { status: 401, body: { code: 401, message: "Invalid API key", name: "Unauthorized" } },
  miss: { status: 404, body: { code: 404, message: "Person profile does not exist", name: "Not Found" } },
  profile({ identifier, photo, url, fields }) {
    if (url.pathname.endsWith("/profile-picture")) return { tmp_profile_pic_url: photo, ...fields };
    const { first, last } = namesOf(identifier);
    return {
      public_identifier: identifier,
      profile_pic_url: photo,
      first_name: first,
      last_name: last,
      full_name: `${first} ${last}`,
      occupation: "Engineer at Initech",
      headline: `${first} makes layers`,
      summary: `${first}, in layers.`,
      city: "Porto",
      state: null,
      country: "PT",
      country_full_name: "Portugal",
      experiences: [],
      ...fields,
    };
  },
};

export const peopleDataLabs: Contract = {
  name: "peopledatalabs",
  host: "api.peopledatalabs.com",
  identify: (method, { pathname, searchParams }) =>
    method === "GET" && pathname === "/v5/person/enrich" ? usernameIn(searchParams.get("profile")) : null,
  authorized: xApiKey,
  unauthorized: {
    status: 401,
    body: {
      status: 401,
      error: { type: "authentication_error", message: "Request contained a missing or invalid key" },
    },
  },
  miss: {
    status: 404,
    body: {
      status: 404,
      error: { type: "not_found", message: "No records were found matching your request" },
    },
  },
  profile({ identifier, url, fields }) {
    const { first, last } = namesOf(identifier);
    const cased = (text: string) => (url.searchParams.get("titlecase") === "true" ? text : text.toLowerCase());
    return {
      status: 200,
      likelihood: 9,
      data: {
        id: "qEnOZ5Oh0poWnQ1luFBfVw_0000",
        linkedin_url: `linkedin.com/in/${identifier}`,
        linkedin_username: identifier,
        profiles: [{ network: "linkedin", username: identifier, url: `linkedin.com/in/${identifier}` }],
        first_name: cased(first),
        last_name: cased(last),
        headline: null,
        job_title: cased("Data Person"),
        job_company_name: cased("Initech"),
        summary: null,
        job_summary: null,
        industry: "computer software",
        location_name: cased("Braga, Portugal"),
        ...fields,
      },
    };
  },
};

export const apollo: Contract = {
  name: "apollo",
  host: "api.apollo.io",
  identify: (method, { pathname, searchParams }) =>
    method === "POST" && pathname === "/api/v1/people/match" ? usernameIn(searchParams.get("linkedin_url")) : null,
  authorized: xApiKey,
  unauthorized: { status: 401, body: "Invalid access credentials." },
  miss: { status: 200, body: { person: null } },
  profile({ identifier, photo, fields }) {
    const { first, last } = namesOf(identifier);
    return {
      person: {
        id: "64a7ff0cc4dfae00013df1a5",
        first_name: first,
        last_name: last,
        name: `${first} ${last}`,
        linkedin_url: `http://www.linkedin.com/in/${encodeURIComponent(identifier)}`,
        title: "Engineer",
        headline: `${first} at Apollo`,
        photo_url: photo,
        city: "Faro",
        state: "Faro District",
        country: "Portugal",
        organization: { industry: "information technology & services" },
        ...fields,
      },
    };
  },
};

export const gravatar: Contract = {
  name: "gravatar",
  host: "api.gravatar.com",
  /** Whoever is asked for is a hash. */
  identify: (method, { pathname }) =>
    (method === "GET" && /^\/v3\/profiles\/([0-9a-f]{64})$/.exec(pathname)?.[1]) || null,
  authorized: bearer,
  unauthorized: { status: 401, body: { error: "Invalid API key", code: "unauthorized" } },
  miss: { status: 404, body: { error: "Profile not found", code: "not_found" } },
  profile({ identifier, photo, fields }) {
    return {
      hash: /^[0-9a-f]{64}$/.test(identifier) ? identifier : createHash("sha256").update(identifier).digest("hex"),
      display_name: "jane",
      profile_url: "https://gravatar.com/jane",
      avatar_url: photo,
      avatar_alt_text: "",
      first_name: "Jane",
      last_name: "Gravatar",
      location: "Evora, Portugal",
      description: "Writes.",
      job_title: "Writer",
      company: "Initech",
      verified_accounts: [],
      pronunciation: "",
      pronouns: "",
      ...fields,
    };
  },
};

export const github: Contract = {
  name: "github",
  host: "api.github.com",
  identify(method, { pathname }) {
    const [, login] = /^\/users\/([^/]+)(?:\/social_accounts)?$/.exec(pathname) ?? [];
    return method === "GET" && login ? decodeURIComponent(login) : null;
  },
  authorized: bearer,
  unauthorized: {
    status: 401,
    body: { message: "Bad credentials", documentation_url: "https://docs.github.com/rest" },
  },
  miss: { status: 404, body: { message: "Not Found", documentation_url: "https://docs.github.com/rest" } },
  profile({ identifier, photo, url, fields }) {
    const declared = `https://www.linkedin.com/in/${identifier}/`;
    if (url.pathname.endsWith("/social_accounts")) {
      return (
        fields["accounts"] ?? [
          { provider: "linkedin", url: declared },
          { provider: "generic", url: "https://jane.example" },
        ]
      );
    }
    const { accounts: _, ...user } = fields;
    return {
      login: identifier,
      id: 1,
      avatar_url: photo,
      type: "User",
      name: "Jane Q. Doe",
      company: "@initech",
      location: "Sintra",
      hireable: null,
      bio: "Commits.",
      ...user,
    };
  },
};
