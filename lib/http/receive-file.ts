import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { AppError, isAppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { checkToken, refuseOtherSites } from "./form.ts";
import type { SignedIn } from "./session.ts";

/** A file that a form brought. It lies at `path` until whoever got it has returned; `name` is what its sender calls it. */
export type ReceivedFile = { path: string; name: string; bytes: number };

/** What surrounds a file in the body: the form's other fields, and the lines between. */
const AROUND_BYTES = 64 * 1024;
const MAX_NAME_LENGTH = 100;
const MB = 1024 * 1024;

/**
 * Takes the one file of a form of ours (`<PostForm files>`) to the disk, as it comes, and gives it to `use`. Nothing is
 * written before the form's token was seen, which our pages put ahead of the file. Throws AppError `form_refused`, and
 * what `takeFile` throws.
 */
export async function receiveFile<Result>(
  request: Request,
  services: Services,
  form: { session: Pick<SignedIn, "token">; purpose: string; maxBytes: number },
  use: (file: ReceivedFile, fields: URLSearchParams) => Promise<Result>,
): Promise<Result> {
  refuseOtherSites(request, services.config.publicUrl);
  const check = (fields: URLSearchParams) => checkToken(fields, services, form.session, form.purpose);
  return takeFile(request, { maxBytes: form.maxBytes, check }, use);
}

/**
 * Takes the one file of a `multipart/form-data` body to the disk, as it comes, and gives it to `use` with the other
 * fields. `check` throws for fields that do not let a file in: it is asked before the file and at the end. Throws AppError
 * `form_refused`, `unsupported_media_type`, `upload_too_large`, `upload_missing`, or `invalid_body` for a body that is cut
 * short.
 */
export async function takeFile<Result>(
  request: Request,
  { maxBytes, check }: { maxBytes: number; check: (fields: URLSearchParams) => void },
  use: (file: ReceivedFile, fields: URLSearchParams) => Promise<Result>,
): Promise<Result> {
  const parser = parserOf(request, maxBytes);
  const tooLarge = uploadTooLarge(maxBytes);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes + AROUND_BYTES) throw tooLarge;

  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-upload-"));
  try {
    const fields = new URLSearchParams();
    let writing: Promise<ReceivedFile | null> = Promise.resolve(null);
    const refuse = (error: AppError) => void parser.destroy(error);
    parser.on("field", (name, value, _nameCut, valueCut) => {
      if (valueCut || value.includes("\0")) refuse(new AppError("form_refused"));
      else fields.append(name, value);
    });
    parser.on("file", (_field, stream, filename) => {
      try {
        check(fields);
      } catch (error) {
        stream.on("error", () => undefined).resume();
        if (isAppError(error)) refuse(error);
        return;
      }
      stream.once("limit", () => refuse(tooLarge));
      const file = path.join(directory, "file");
      const over = new AbortController();
      parser.once("close", () => over.abort());
      writing = pipeline(stream, createWriteStream(file), { signal: over.signal }).then(() => ({
        path: file,
        name: nameOf(filename),
        bytes: stream.bytesRead,
      }));
      writing.catch(() => undefined);
    });
    await pipeline(Readable.from(request.body ?? []), parser).catch((error: unknown) => {
      throw isAppError(error)
        ? error
        : new AppError("invalid_body", { fields: { expected: "it is cut short" }, cause: error });
    });
    const file = await writing;
    check(fields);
    // A form whose file was not chosen sends one without name and content.
    if (!file || (file.bytes === 0 && file.name === "")) throw new AppError("upload_missing");
    return await use(file, fields);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function uploadTooLarge(maxBytes: number): AppError {
  return new AppError("upload_too_large", { fields: { limit: `${Math.floor(maxBytes / MB)} MB` } });
}

function parserOf(request: Request, maxBytes: number): BusboyInstance {
  const type = request.headers.get("content-type") ?? "";
  try {
    if (!/^multipart\/form-data\s*;/i.test(type)) throw new Error("another type");
    return new Busboy({
      headers: { "content-type": type },
      limits: { fileSize: maxBytes, files: 1, fields: 20, parts: 24, fieldSize: 8 * 1024, headerPairs: 20 },
    });
  } catch (cause) {
    throw new AppError("unsupported_media_type", { fields: { expected: "multipart/form-data" }, cause });
  }
}

/** A name of somebody else's choice, as it may be shown. */
function nameOf(filename: string): string {
  return (filename ?? "")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, " ")
    .trim()
    .slice(-MAX_NAME_LENGTH);
}
