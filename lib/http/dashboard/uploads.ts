import { AppError, isAppError } from "#lib/platform/errors";
import type { Services } from "#lib/services";
import { negotiate } from "../accept.ts";
import { failure, handler } from "../handler.ts";
import { pageFailure } from "../problem-page.ts";
import { type ReceivedFile, receiveFile } from "../receive-file.ts";
import { seeOther } from "../redirect.ts";
import { returnPath } from "../return-path.ts";
import { readSession, type SignedIn } from "../session.ts";
import { signInPage } from "../sign-in/links.ts";
import { PEOPLE_UPLOADS } from "./people-uploads.ts";
import { PERSONA_UPLOADS } from "./persona-uploads.ts";
import { workspaceFormPurpose } from "./purpose.ts";

/**
 * What a form with a file does. `run` answers with the page that the browser goes to, and throws AppError for what was
 * refused; who may is asked where the rows are.
 */
export type Upload = {
  maxBytes: number;
  run(
    services: Services,
    viewer: SignedIn,
    organizationId: string,
    file: ReceivedFile,
    fields: URLSearchParams,
  ): Promise<string>;
};

/** By the last part of its address. */
export const UPLOADS: Readonly<Record<string, Upload>> = { ...PEOPLE_UPLOADS, ...PERSONA_UPLOADS };

const AT_ONCE = 8;
let underWay = 0;

const page = pageFailure((request) => ({
  title: "Not taken",
  heading: "The file was not taken",
  back: { href: pathBack(request), words: "Back to where you were" },
}));

/**
 * `POST /uploads/<organization>/<upload>?back=<page>`: a form with a file, of a size that other addresses refuse. What
 * is refused is told on a page of its own, with its status.
 */
export const workspaceUploads = handler(
  {
    methods: ["POST"],
    failure: (request, services, requestId, thrown) =>
      negotiate(request.headers.get("accept"), ["application/problem+json", "text/html"]) === "text/html"
        ? page(request, services, requestId, thrown)
        : failure(request, services, requestId, thrown),
  },
  async (request, services) => {
    const { publicUrl } = services.config;
    const [, , organizationId = "", name = "", ...more] = new URL(request.url).pathname.split("/");
    const upload = Object.hasOwn(UPLOADS, name) && more.length === 0 ? UPLOADS[name] : undefined;
    if (!upload) throw new AppError("not_found");
    const session = await readSession(request.headers, services);
    if (!session) return seeOther(signInPage(publicUrl, { next: `/${organizationId}` }));
    if (underWay >= AT_ONCE) throw new AppError("overloaded", { retryAfterSeconds: 5 });
    underWay++;
    try {
      const form = { session, purpose: workspaceFormPurpose(organizationId), maxBytes: upload.maxBytes };
      const to = await receiveFile(request, services, form, (file, fields) =>
        upload.run(services, session, organizationId, file, fields).catch((error: unknown) => {
          throw underItsName(error, file);
        }),
      );
      return seeOther(publicUrl + returnPath(to, publicUrl));
    } finally {
      underWay--;
    }
  },
);

/** A failure speaks of the file as its sender calls it, not of where it lay meanwhile. */
function underItsName(error: unknown, { path, name }: ReceivedFile): unknown {
  if (!isAppError(error) || error.fields["file"] !== path) return error;
  return new AppError(error.code, { fields: { ...error.fields, file: name || "The file" }, cause: error.cause });
}

function pathBack(request: Request): string {
  const url = new URL(request.url);
  return returnPath(url.searchParams.get("back"), url.origin);
}
