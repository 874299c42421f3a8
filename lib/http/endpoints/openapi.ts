import { z } from "zod";
import { AVATAR_FORMATS, AVATAR_SIZES } from "#lib/avatars";
import { LeakReports, LeakVerdicts } from "#lib/keys";
import { CATALOG } from "#lib/platform/errors";
import { handler } from "../handler.ts";
import { AvatarQuery, identityFields } from "./avatar-query.ts";
import { AvatarsAnswer, AvatarsBody } from "./avatars.ts";
import { HealthAnswer, ReadinessAnswer } from "./health.ts";
import { PersonaAnswer, PersonasAnswer } from "./persona-facts.ts";
import { SourceAnswer, SourceQuery } from "./persona-sources.ts";
import { AskAnswer, AskBody, SearchAnswer, SearchBody } from "./personas.ts";
import { ProfileAnswer, ProfileQueued } from "./profile.ts";
import { RecheckAnswer, RecheckQuery } from "./recheck.ts";
import { SignedImageQuery } from "./signed-image.ts";
import { SignedUrlsAnswer, SignedUrlsBody } from "./signed-urls.ts";
import { UsageAnswer } from "./usage.ts";

/** `GET /api/docs/openapi`: OpenAPI 3.1, made from the schemas that validate. */
export const openapi = handler({ methods: ["GET"], cors: true }, async (_request, services) =>
  Response.json(describeApi(services.config.publicUrl), { headers: { "cache-control": "public, max-age=300" } }),
);

const keyHeader = [{ keyHeader: [] }];
const anyKey = [{ keyQuery: [] }, ...keyHeader];

export function describeApi(publicUrl: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "Avtrz",
      version: "1",
      description: "A LinkedIn profile in; a real face, or initials art until there is one, out.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: publicUrl }],
    paths: {
      "/v1/avatar": {
        get: {
          operationId: "getAvatar",
          summary: "A person's picture, as an address for <img>",
          security: anyKey,
          parameters: [...parameters(AvatarQuery), IDEMPOTENCY],
          responses: {
            "200": {
              description: "Not resolved yet, or nothing found: initials art at the size asked.",
              headers: { ...METERED_HEADERS, "X-Avatar-Status": header("enriching or not_found") },
              content: { ...SVG, ...PICTURE },
            },
            "302": {
              description: "Resolved: go to the immutable picture.",
              headers: {
                ...METERED_HEADERS,
                Location: header("/cdn/<sha256>/<size>.<format>"),
                "X-Avatar-Status": header("resolved"),
              },
            },
            ...problems(400, 401, 402, 404, 422, 429, 500, 503),
          },
        },
      },
      "/v1/avatars": {
        post: {
          operationId: "getAvatars",
          summary: "Up to 100 people at once",
          security: anyKey,
          parameters: [IDEMPOTENCY],
          requestBody: { required: true, content: json(AvatarsBody, "input") },
          responses: {
            "200": {
              description: "One entry for each row, in order.",
              headers: METERED_HEADERS,
              content: json(AvatarsAnswer),
            },
            ...problems(400, 401, 402, 413, 415, 422, 429, 500, 503),
          },
        },
      },
      "/v1/profile": {
        get: {
          operationId: "getProfile",
          summary: "What is known of a person",
          security: keyHeader,
          parameters: [...parameters(z.object(identityFields)), IDEMPOTENCY],
          responses: {
            "200": { description: "Known.", headers: METERED_HEADERS, content: json(ProfileAnswer) },
            "202": {
              description: "Being looked up; ask again in a moment.",
              headers: { ...METERED_HEADERS, ...RETRY_HEADER },
              content: json(ProfileQueued),
            },
            ...problems(400, 401, 402, 403, 404, 422, 429, 500, 503),
          },
        },
      },
      "/v1/signed-urls": {
        post: {
          operationId: "makeSignedUrls",
          summary: "Addresses of pictures that need no key, such as for mails",
          security: keyHeader,
          requestBody: { required: true, content: json(SignedUrlsBody, "input") },
          responses: {
            "200": {
              description: "One entry for each row, in order.",
              headers: { ...REQUEST_HEADER, ...RATE_HEADERS },
              content: json(SignedUrlsAnswer),
            },
            ...problems(400, 401, 403, 413, 415, 429, 500, 503),
          },
        },
      },
      "/v1/image": {
        get: {
          operationId: "getSignedImage",
          summary: "A person's picture, by an address that was signed",
          security: [],
          parameters: parameters(SignedImageQuery),
          responses: {
            "200": {
              description: "The photo, or initials until there is one.",
              headers: { ...METERED_HEADERS, "X-Avatar-Status": header("resolved, enriching or not_found") },
              content: PICTURE,
            },
            ...problems(400, 402, 403, 410, 429, 500, 503),
          },
        },
      },
      "/v1/recheck": {
        post: {
          operationId: "recheckProfile",
          summary: "Look a person up again before it is time",
          security: keyHeader,
          parameters: [...parameters(RecheckQuery), IDEMPOTENCY],
          responses: {
            "200": {
              description: "What it may cost; nobody was asked.",
              headers: METERED_HEADERS,
              content: json(RecheckAnswer),
            },
            "202": { description: "Queued.", headers: METERED_HEADERS, content: json(RecheckAnswer) },
            ...problems(400, 401, 402, 403, 409, 422, 429, 500, 503),
          },
        },
      },
      "/v1/usage": {
        get: {
          operationId: "getUsage",
          summary: "What the workspace has used this month",
          security: keyHeader,
          responses: {
            "200": {
              description: "One entry for each metric.",
              headers: { ...REQUEST_HEADER, ...RATE_HEADERS },
              content: json(UsageAnswer),
            },
            ...problems(400, 401, 403, 429, 500, 503),
          },
        },
      },
      "/v1/personas": {
        get: {
          operationId: "listPersonas",
          summary: "The avatars that the workspace may ask",
          security: keyHeader,
          responses: {
            "200": {
              description: "Its own, then what comes with the program.",
              headers: { ...REQUEST_HEADER, ...RATE_HEADERS },
              content: json(PersonasAnswer),
            },
            ...problems(400, 401, 403, 429, 500, 503),
          },
        },
      },
      "/v1/personas/{id}": {
        get: {
          operationId: "getPersona",
          summary: "An avatar, and how each of its files fared",
          security: keyHeader,
          parameters: [PERSONA_ID],
          responses: {
            "200": {
              description: "The avatar.",
              headers: { ...REQUEST_HEADER, ...RATE_HEADERS },
              content: json(PersonaAnswer),
            },
            ...problems(400, 401, 403, 404, 429, 500, 503),
          },
        },
      },
      "/v1/personas/{id}/sources": {
        post: {
          operationId: "addPersonaSource",
          summary: "Gives an avatar a file to answer from, of at most 64 MB",
          security: keyHeader,
          parameters: [PERSONA_ID, ...parameters(SourceQuery)],
          requestBody: {
            required: true,
            description:
              "The file itself, with file_name in the query; or multipart/form-data with the file in `file`, and what the query has as fields.",
            content: {
              "application/octet-stream": { schema: { type: "string", format: "binary" } },
              "multipart/form-data": {
                schema: {
                  type: "object",
                  required: ["file"],
                  properties: {
                    file: { type: "string", format: "binary" },
                    ...(schemaOf(SourceQuery, "input") as { properties: object }).properties,
                  },
                },
              },
            },
          },
          responses: {
            "200": {
              description: "The avatar had this very file already; nothing was changed.",
              headers: SOURCE_HEADERS,
              content: json(SourceAnswer),
            },
            "202": {
              description: "Taken. It is read behind the scenes; the address in Location tells how it fares.",
              headers: SOURCE_HEADERS,
              content: json(SourceAnswer),
            },
            ...problems(400, 401, 403, 404, 413, 415, 429, 500, 503),
          },
        },
      },
      "/v1/personas/{id}/ask": personaPath(
        "askPersona",
        "An answer from an avatar's corpus, cited",
        AskBody,
        AskAnswer,
      ),
      "/v1/personas/{id}/query": personaPath(
        "queryPersona",
        "Passages of an avatar's corpus",
        SearchBody,
        SearchAnswer,
      ),
      "/cdn/{sha256}/{file}": {
        get: {
          operationId: "getImage",
          summary: "A stored picture; immutable",
          security: [],
          parameters: [
            { name: "sha256", in: "path", required: true, schema: { type: "string", pattern: "^[0-9a-f]{64}$" } },
            {
              name: "file",
              in: "path",
              required: true,
              description: "<size>.<format>",
              schema: { type: "string", pattern: `^(${AVATAR_SIZES.join("|")})\\.(${AVATAR_FORMATS.join("|")})$` },
            },
          ],
          responses: {
            "200": {
              description: "The picture.",
              headers: { ...REQUEST_HEADER, ETag: header("Never changes.") },
              content: PICTURE,
            },
            "304": {
              description: "If-None-Match named the picture's ETag.",
              headers: { ...REQUEST_HEADER, ETag: header("Never changes.") },
            },
            ...problems(404, 500, 503),
          },
        },
      },
      "/healthz": {
        get: {
          operationId: "getHealth",
          summary: "Whether the process answers",
          security: [],
          responses: { "200": { description: "It does.", headers: REQUEST_HEADER, content: json(HealthAnswer) } },
        },
      },
      "/readyz": {
        get: {
          operationId: "getReadiness",
          summary: "Whether requests can be served",
          security: [],
          responses: {
            "200": { description: "They can.", headers: REQUEST_HEADER, content: json(ReadinessAnswer) },
            "503": { description: "They cannot.", headers: REQUEST_HEADER, content: json(ReadinessAnswer) },
          },
        },
      },
      "/api/leaked-keys": {
        post: {
          operationId: "reportLeakedKeys",
          summary: "Secret keys found in public places, as GitHub's secret scanning reports them",
          security: [],
          parameters: ["Github-Public-Key-Identifier", "Github-Public-Key-Signature"].map((name) => ({
            name,
            in: "header",
            required: true,
            schema: { type: "string" },
          })),
          requestBody: { required: true, content: json(LeakReports, "input") },
          responses: {
            "200": { description: "One entry for each finding.", headers: REQUEST_HEADER, content: json(LeakVerdicts) },
            ...problems(400, 401, 413, 429, 500, 503),
          },
        },
      },
    },
    components: {
      securitySchemes: {
        keyQuery: { type: "apiKey", in: "query", name: "key", description: "A publishable key." },
        keyHeader: { type: "apiKey", in: "header", name: "x-api-key", description: "A publishable or secret key." },
      },
      schemas: {
        Problem: {
          type: "object",
          description:
            "RFC 9457. A request that prefers image/* gets a picture instead, with the same status and X-Error-Code.",
          required: ["type", "title", "status", "code", "request_id"],
          properties: {
            type: { type: "string", format: "uri" },
            title: { type: "string" },
            status: { type: "integer" },
            detail: { type: "string" },
            code: { type: "string", enum: Object.keys(CATALOG) },
            request_id: { type: "string" },
          },
        },
      },
    },
  };
}

const header = (description: string, required = true) => ({ description, required, schema: { type: "string" } });
const REQUEST_HEADER = { "X-Request-Id": header("Name it when you report a problem.") };
const rateHeaders = (required: boolean) => ({
  "RateLimit-Limit": header("Requests in the current window.", required),
  "RateLimit-Remaining": header("Requests left in the window.", required),
  "RateLimit-Reset": header("Seconds until the window is over.", required),
});
const RATE_HEADERS = rateHeaders(true);
// A refusal may come before they are known, and a list without a valid row asks for no unit.
const QUOTA_HEADERS = {
  "X-Quota-Limit": header("Units a month, or `unlimited`.", false),
  "X-Quota-Remaining": header("Units left this month, or `unlimited`.", false),
};
const METERED_HEADERS = { ...REQUEST_HEADER, ...RATE_HEADERS, ...QUOTA_HEADERS };
const RETRY_HEADER = { "Retry-After": header("Seconds to wait before asking again.") };
const PROBLEM_HEADERS = {
  ...REQUEST_HEADER,
  "X-Error-Code": header("The problem's code, for requests that get a picture."),
  ...rateHeaders(false),
  ...QUOTA_HEADERS,
  "X-Avatar-Status": header("With fallback=404: enriching or not_found.", false),
};
const SVG = { "image/svg+xml": { schema: { type: "string" } } };
const PICTURE = { "image/*": { schema: { type: "string", format: "binary" } } };
const IDEMPOTENCY = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description: "A retry with the same value costs nothing more.",
  schema: { type: "string", maxLength: 200 },
};

const PERSONA_ID = {
  name: "id",
  in: "path",
  required: true,
  description: "The avatar's id (per_…) or its short name.",
  schema: { type: "string" },
};
const SOURCE_HEADERS = { ...REQUEST_HEADER, ...RATE_HEADERS, Location: header("/v1/personas/<id>") };

function schemaOf(schema: z.ZodType, io: "input" | "output" = "output") {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

function json(schema: z.ZodType, io: "input" | "output" = "output") {
  return { "application/json": { schema: schemaOf(schema, io) } };
}

function parameters(schema: z.ZodObject) {
  const { properties = {} } = schemaOf(schema, "input") as {
    properties?: Record<string, { description?: string; deprecated?: boolean }>;
  };
  return Object.entries(properties).map(([name, { description, deprecated, ...rest }]) => ({
    name,
    in: "query",
    required: false,
    ...(description ? { description } : {}),
    ...(deprecated ? { deprecated } : {}),
    schema: rest,
  }));
}

function personaPath(operationId: string, summary: string, body: z.ZodType, answer: z.ZodType) {
  return {
    post: {
      operationId,
      summary,
      security: keyHeader,
      parameters: [PERSONA_ID, IDEMPOTENCY],
      requestBody: { required: true, content: json(body, "input") },
      responses: {
        "200": {
          description: "An answer, for one unit of persona_requests.",
          headers: METERED_HEADERS,
          content: json(answer),
        },
        ...problems(400, 401, 402, 403, 404, 409, 413, 415, 422, 429, 500, 503),
      },
    },
  };
}

const MEANINGS: Record<number, string> = {
  400: "The request is not valid; the problem names the parameter.",
  401: "The key is missing, not valid, or not allowed from this site.",
  402: "The workspace's monthly quota is used up.",
  403: "The key may not do this.",
  404: "There is nothing to show.",
  409: "It has nothing to answer from yet.",
  410: "The address is over.",
  413: "The body is too large.",
  415: "The body is of another type than this address takes.",
  422: "The Idempotency-Key was used for another request.",
  429: "Too many requests; wait as Retry-After says.",
  500: "Something failed on our side; it cost nothing.",
  503: "A part of the service is away; try again as Retry-After says.",
};

function problems(...statuses: number[]) {
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } }, ...SVG };
  return Object.fromEntries(
    statuses.map((status) => {
      const retry = status === 429 || status === 503 ? RETRY_HEADER : {};
      const challenge = status === 401 ? { "WWW-Authenticate": header("ApiKey") } : {};
      const headers = { ...PROBLEM_HEADERS, ...retry, ...challenge };
      return [String(status), { description: MEANINGS[status] ?? "", headers, content }];
    }),
  );
}
