import { readFile } from "node:fs/promises";
import { z } from "zod";
import { MAX_SOURCE_BYTES, type NewSource } from "#lib/corpora";
import { AppError, isAppError } from "#lib/platform/errors";
import { type Answer, type Context, endpoint } from "../endpoint.ts";
import { readBytes } from "../parse.ts";
import { takeFile, uploadTooLarge } from "../receive-file.ts";
import { personaOf, SourceFacts, toldSource } from "./persona-facts.ts";

const text = (most: number) => z.string().max(most, `at most ${most} characters`);

export const SourceQuery = z.object({
  file_name: text(200)
    .optional()
    .describe("The file's name, where the body is the file itself. Its ending says the format."),
  title: text(300).optional().describe("Of the work; made from the file's name where it is not given."),
  author: text(100).optional().describe("Who wrote it; the avatar where it is not given."),
  year: z
    .string()
    .regex(/^-?\d{1,4}$/, "a year, such as 1776")
    .optional()
    .describe("When it appeared."),
  type: text(40).optional().describe("book, paper, speech, interview, article, letter, textbook, guide or lecture."),
  url: text(2_000).optional().describe("Where it can be read."),
});
type Facts = z.infer<typeof SourceQuery>;

export const SourceAnswer = SourceFacts.extend({
  added: z.boolean().describe("False when the avatar had this very file already."),
});

/** One workspace's slow uploads must not be in the way of another's. */
const AT_ONCE = 8;
const AT_ONCE_EACH = 3;
const underWay = new Map<string, number>();

/**
 * `POST /v1/personas/<id>/sources`: gives an avatar a file, to be read behind the scenes; as `multipart/form-data` with
 * the file in `file`, or as the body itself with `file_name` in the query. Costs no unit; secret keys only.
 */
export const personaSources = endpoint({
  method: "POST",
  tool: "persona_sources",
  keys: ["secret"],
  query: SourceQuery,
  read: (query) => query,
  run: (facts, context) => oneOfFew(context.principal.organizationId, () => addSource(facts, context)),
});

async function addSource(facts: Facts, { request, services, principal }: Context): Promise<Answer> {
  const { organizationId } = principal;
  const id = personaOf(request, ["sources"]);
  // Whether there is such an avatar is known before a file of 64 MB comes.
  const persona = await services.personas.findOwn(organizationId, id);
  const { source, bytes } = await fileOf(request, facts);
  const { source: kept, added } = await services.personas
    .addSource(principal, organizationId, persona.id, source, bytes)
    .catch((error: unknown) => {
      // What a page calls too large is here a body that is.
      throw isAppError(error) && error.code === "file_too_large" ? uploadTooLarge(MAX_SOURCE_BYTES) : error;
    });
  const body: z.infer<typeof SourceAnswer> = { ...toldSource(kept), added };
  const headers = { "cache-control": "no-store", location: `/v1/personas/${persona.id}` };
  return { response: Response.json(body, { status: added ? 202 : 200, headers }) };
}

async function fileOf(request: Request, query: Facts): Promise<{ source: NewSource; bytes: Uint8Array }> {
  const type = request.headers.get("content-type") ?? "";
  if (/^multipart\//i.test(type)) {
    const options = { maxBytes: MAX_SOURCE_BYTES, check: () => undefined };
    return takeFile(request, options, async ({ path, name }, fields) => ({
      source: sourceOf(name, { ...query, ...readFields(fields) }),
      bytes: await readFile(path),
    })).catch((error: unknown) => {
      if (isAppError(error) && error.code === "form_refused")
        throw new AppError("invalid_body", { fields: { expected: "a field is too long, or no text" }, cause: error });
      throw error;
    });
  }
  const source = sourceOf(query.file_name ?? "", query);
  if (Number(request.headers.get("content-length") ?? 0) > MAX_SOURCE_BYTES) throw uploadTooLarge(MAX_SOURCE_BYTES);
  const bytes = await readBytes(request, MAX_SOURCE_BYTES).catch((error: unknown) => {
    throw isAppError(error) && error.code === "body_too_large" ? uploadTooLarge(MAX_SOURCE_BYTES) : error;
  });
  if (bytes.length === 0) throw new AppError("upload_missing");
  return { source, bytes };
}

function readFields(fields: URLSearchParams): Facts {
  const parsed = z.strictObject(SourceQuery.shape).safeParse(Object.fromEntries(fields));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new AppError("invalid_body", { fields: { expected: place + (issue?.message ?? "") } });
}

function sourceOf(name: string, { file_name, title, author, year, type, url }: Facts): NewSource {
  const fileName = file_name || name;
  if (!fileName)
    throw new AppError("invalid_parameter", {
      fields: { parameter: "file_name", expected: "the file's name, such as essays.pdf" },
    });
  return { fileName, title, authors: author ? [author] : [], year: year ? Number(year) : null, type, url };
}

async function oneOfFew<Result>(organizationId: string, run: () => Promise<Result>): Promise<Result> {
  const own = underWay.get(organizationId) ?? 0;
  const all = [...underWay.values()].reduce((sum, one) => sum + one, 0);
  if (own >= AT_ONCE_EACH || all >= AT_ONCE) throw new AppError("overloaded", { retryAfterSeconds: 5 });
  underWay.set(organizationId, own + 1);
  try {
    return await run();
  } finally {
    const left = (underWay.get(organizationId) ?? 1) - 1;
    if (left > 0) underWay.set(organizationId, left);
    else underWay.delete(organizationId);
  }
}
