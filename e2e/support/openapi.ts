import { expect } from "vitest";
import { z } from "zod";
import type { Services } from "../../lib/services.ts";
import { send } from "./services.ts";

export type Operation = `${"get" | "post"} /${string}`;
type Schema = Record<string, unknown> & { $ref?: string };
type Described = { headers?: Record<string, { required?: boolean }>; content?: Record<string, { schema: Schema }> };
type Document = {
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  components: { schemas: Record<string, Schema> };
};

/** The service's own headers; the others belong to HTTP at large and need no description. */
const OWN_HEADER = /^(x-request-id|x-error-code|x-avatar-status|x-quota-.+|ratelimit-.+|retry-after|location|etag)$/;

/** Fails unless the OpenAPI document says of this operation what was answered: status, headers, media type and body. */
export async function expectDescribed(services: Services, operation: Operation, response: Response): Promise<void> {
  const document = (await (await send(services, "/api/docs/openapi")).json()) as Document;
  const [method = "", path = ""] = operation.split(" ");
  const described = document.paths[path]?.[method]?.responses[response.status];
  if (!described) return expect.fail(`the document knows no ${response.status} of ${operation}`);

  const headers = new Map(
    Object.entries(described.headers ?? {}).map(([name, header]) => [name.toLowerCase(), header.required ?? false]),
  );
  for (const [name, required] of headers)
    if (required) expect(response.headers.has(name), `${name} is sent`).toBe(true);
  for (const name of response.headers.keys()) {
    if (OWN_HEADER.test(name)) expect([...headers.keys()], `${name} is described`).toContain(name);
  }

  const body = response.clone();
  const type = body.headers.get("content-type")?.split(";")[0];
  if (!type) return expect(await body.text()).toBe("");
  const content = described.content?.[type] ?? described.content?.[type.replace(/\/.*/, "/*")];
  if (!content) return expect.fail(`the document knows no ${type} of ${operation} ${response.status}`);
  if (type.endsWith("json")) z.fromJSONSchema(resolve(content.schema, document)).parse(await body.json());
}

function resolve(schema: Schema, document: Document): Schema {
  const name = schema.$ref?.split("/").at(-1);
  return name ? (document.components.schemas[name] ?? {}) : schema;
}
