import { workspaceFormPurpose } from "../../lib/http/index.ts";
import type { Services } from "../../lib/services.ts";
import { fieldFor, sendFrom } from "./sign-in.ts";

/** The body of a form with one file, as a page of ours would send it. */
export function uploadForm(
  services: Services,
  cookie: string,
  organizationId: string,
  file: { name: string; content: string | Uint8Array } | null,
  fields: Record<string, string> = {},
): FormData {
  const form = new FormData();
  const own = { ...fieldFor(services, cookie, workspaceFormPurpose(organizationId)), ...fields };
  for (const [name, value] of Object.entries(own)) form.set(name, value);
  // What a browser sends where nothing was chosen.
  form.set("file", new File(file ? [file.content as BlobPart] : [], file?.name ?? ""));
  return form;
}

/** Sends it; answers as a browser would be answered, or a program that asks for problem documents. */
export function upload(
  services: Services,
  target: string,
  body: FormData | ReadableStream<Uint8Array> | string | null,
  headers: Record<string, string>,
): Promise<Response> {
  const init: RequestInit & { duplex: "half" } = {
    method: "POST",
    headers: { origin: services.config.publicUrl, "sec-fetch-site": "same-origin", ...headers },
    body,
    duplex: "half",
  };
  return sendFrom(services, target, init);
}
