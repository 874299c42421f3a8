import type { z } from "zod";
import { AppError } from "#lib/platform/errors";

/**
 * The query parameters by a schema. `key` is the authentication's. Throws AppError naming the parameter that is
 * unknown, given twice, or not valid.
 */
export function parseQuery<S extends z.ZodObject>(schema: S, parameters: URLSearchParams): z.infer<S> {
  const values: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (Object.hasOwn(values, name))
      throw new AppError("repeated_parameter", { fields: { parameter: printable(name) } });
    if (name !== "key" && !Object.hasOwn(schema.shape, name)) {
      throw new AppError("unknown_parameter", { fields: { parameter: printable(name) } });
    }
    values[name] = value;
  }
  delete values["key"];
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new AppError("invalid_parameter", {
    fields: { parameter: printable(String(issue?.path[0] ?? "")), expected: issue?.message ?? "see the reference" },
  });
}

/** The JSON body by a schema. Throws AppError `unsupported_media_type`, `body_too_large` or `invalid_body`. */
export async function parseBody<S extends z.ZodType>(
  schema: S,
  request: Request,
  maxBytes: number,
): Promise<z.infer<S>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type))
    throw new AppError("unsupported_media_type", { fields: { expected: "application/json" } });
  const bytes = await readBytes(request, maxBytes);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new AppError("invalid_body", { fields: { expected: "it is not JSON" } });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new AppError("invalid_body", { fields: { expected: printable(place) + (issue?.message ?? "") } });
}

/** The whole body, at most `maxBytes`; throws AppError `body_too_large` as soon as there is more. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > maxBytes)
      throw new AppError("body_too_large", { fields: { limit: `${Math.floor(maxBytes / 1024)} KB` } });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// A name that came from outside goes into a public sentence: short, and nothing but plain characters.
function printable(text: string): string {
  return text.slice(0, 40).replace(/[^\w.\-: [\]]/g, "?");
}
