/** The part of JSON Schema that our own documents use. */
export type Schema = {
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  default?: unknown;
  pattern?: string;
  maxLength?: number;
  format?: string;
  deprecated?: boolean;
};

/** What a schema accepts, in a few words of Markdown. */
export function typeOf(schema: Schema): string {
  const values = valuesOf(schema);
  if (values) return values.map((value) => `\`${value}\``).join(", ");
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return alternatives.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  const type = [schema.type ?? "anything"].flat().join(" or ");
  const bound = schema.maxLength ? `, at most ${schema.maxLength} characters` : "";
  return `${type}${bound}`;
}

function valuesOf(schema: Schema): unknown[] | null {
  if (schema.enum) return schema.enum;
  if (schema.const !== undefined) return [schema.const];
  const alternatives = schema.anyOf ?? schema.oneOf;
  const values = alternatives?.map(valuesOf);
  return values?.every((list) => list !== null) ? values.flat() : null;
}

/** One row for each property, those of nested objects and lists after their parent. */
export function propertyRows(schema: Schema, prefix = ""): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix + name;
    const required = schema.required?.includes(name) && property.default === undefined;
    const fallback = property.default === undefined ? "" : ` Default: \`${property.default}\`.`;
    const type = property.items?.properties ? "list of objects" : typeOf(property);
    const row = [`\`${path}\``, type, required ? "yes" : "no", `${property.description ?? ""}${fallback}`.trim()];
    const inside = property.items?.properties ? [property.items, `${path}[].`] : [property, `${path}.`];
    return [row, ...propertyRows(inside[0] as Schema, inside[1] as string)];
  });
}
