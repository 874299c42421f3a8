import { describeApi } from "#lib/http";
import { propertyRows, type Schema, typeOf } from "./schema.ts";
import { table } from "./table.ts";

/** The part of OpenAPI that our own document uses. */
type Operation = {
  operationId: string;
  summary: string;
  security?: Record<string, unknown>[];
  parameters?: { name: string; in: string; description?: string; deprecated?: boolean; schema: Schema }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; headers?: Record<string, unknown>; content?: Content }>;
};
type Content = Record<string, { schema: Schema }>;

/** An operation of the OpenAPI document as Markdown. Throws when it has none of that name. */
export function fillReference(publicUrl: string, operationId: string): string {
  const paths = Object.entries(describeApi(publicUrl).paths as Record<string, Record<string, Operation>>);
  for (const [path, methods] of paths) {
    for (const [method, operation] of Object.entries(methods)) {
      if (operation.operationId === operationId) return tellOf(`${method.toUpperCase()} ${path}`, operation);
    }
  }
  throw new Error(`the OpenAPI document has no operation ${operationId}`);
}

function tellOf(address: string, operation: Operation): string {
  const parts = [`\`${address}\`: ${operation.summary}. ${keysOf(operation)}`];
  const rows = (operation.parameters ?? []).map((parameter) => {
    const { name, schema, description = "", deprecated } = parameter;
    const fallback = schema.default === undefined ? "" : ` Default: \`${schema.default}\`.`;
    const where = parameter.in === "query" ? "" : ` (${parameter.in})`;
    return [`\`${name}\`${where}`, typeOf(schema), `${deprecated ? "Deprecated. " : ""}${description}${fallback}`];
  });
  if (rows.length > 0) parts.push("**Parameters**", table(["Name", "Values", "Meaning"], rows));
  const body = jsonSchema(operation.requestBody?.content);
  if (body) parts.push("**Body**, JSON", properties(body));
  for (const [status, { content }] of Object.entries(operation.responses)) {
    const schema = status.startsWith("2") ? jsonSchema(content) : undefined;
    if (schema?.properties) parts.push(`**Answer ${status}**, JSON`, properties(schema));
  }
  parts.push("**Answers**", ...answersOf(operation));
  return parts.join("\n\n");
}

/** What each status means, with the headers that not all of them have. */
function answersOf({ responses }: Operation): string[] {
  const headersOf = Object.values(responses).map(({ headers = {} }) => new Set(Object.keys(headers)));
  const common = headersOf.reduce((all, own) => all.intersection(own));
  const list = (names: Iterable<string>) => [...names].map((name) => `\`${name}\``).join(", ");
  const rows = Object.entries(responses).map(([status, { description, headers = {} }]) => [
    `\`${status}\``,
    description,
    list(new Set(Object.keys(headers)).difference(common)),
  ]);
  const always = common.size > 0 ? [`Every answer may carry ${list(common)}.`] : [];
  return [table(["Status", "Meaning", "Headers besides"], rows), ...always];
}

function keysOf({ security = [] }: Operation): string {
  const schemes = security.flatMap((one) => Object.keys(one));
  if (schemes.length === 0) return "Needs no key.";
  return schemes.includes("keyQuery")
    ? "Takes a publishable key as `key`, or any key in the `x-api-key` header."
    : "Takes a secret key in the `x-api-key` header.";
}

function jsonSchema(content: Content | undefined): Schema | undefined {
  return content?.["application/json"]?.schema;
}

function properties(schema: Schema): string {
  return table(["Name", "Type", "Always", "Meaning"], propertyRows(schema));
}
