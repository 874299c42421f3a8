import { timingSafeEqual } from "node:crypto";
import { AppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { readBytes } from "./parse.ts";
import type { SignedIn } from "./session.ts";

const MAX_FORM_BYTES = 64 * 1024;
const FIELD = "form_token";

/**
 * The hidden field `form_token` of a form: it holds for one session and one purpose (`consent areq_…`,
 * `connections con_…`), so a page of somebody else's cannot make it, nor one form stand for another.
 */
export function formToken(
  { cipher }: Pick<Services, "cipher">,
  session: Pick<SignedIn, "token">,
  purpose: string,
): string {
  return cipher.sign(`form\n${purpose}\n${session.token}`);
}

/**
 * The fields of a form that one of our own pages sent; a field given twice keeps its first value.
 * Throws AppError `form_refused` for a request another site caused or whose token is missing or of another session.
 */
export async function readForm(
  request: Request,
  services: Services,
  session: Pick<SignedIn, "token">,
  purpose: string,
): Promise<URLSearchParams> {
  refuseOtherSites(request, services.config.publicUrl);
  const fields = await formFields(request);
  checkToken(fields, services, session, purpose);
  return fields;
}

/** Throws AppError `form_refused` unless the fields hold the token of this session and purpose. */
export function checkToken(
  fields: URLSearchParams,
  services: Pick<Services, "cipher">,
  session: Pick<SignedIn, "token">,
  purpose: string,
): void {
  const expected = Buffer.from(formToken(services, session, purpose));
  const given = Buffer.from(fields.get(FIELD) ?? "");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new AppError("form_refused");
}

/** Throws AppError `form_refused` when a browser says that another site caused this request. */
export function refuseOtherSites(request: Request, publicUrl: string): void {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin !== null && origin !== publicUrl) throw new AppError("form_refused");
  if (site !== null && site !== "same-origin" && site !== "none") throw new AppError("form_refused");
}

/** The body as application/x-www-form-urlencoded. Throws `unsupported_media_type`, `body_too_large` or `invalid_body`. */
export async function formFields(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded")
    throw new AppError("unsupported_media_type", { fields: { expected: "application/x-www-form-urlencoded" } });
  const fields = new URLSearchParams(Buffer.from(await readBytes(request, MAX_FORM_BYTES)).toString("utf8"));
  // No field of ours is more than text, and PostgreSQL's text cannot hold this.
  for (const [name, value] of fields)
    if (name.includes("\0") || value.includes("\0"))
      throw new AppError("invalid_body", { fields: { expected: "it holds a null character" } });
  return fields;
}
