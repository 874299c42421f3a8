import type { Services } from "../../lib/services.ts";
import { send } from "./services.ts";

export const SOURCES = "post /v1/personas/{id}/sources";

/** Sends a file as a program would that knows no forms. */
export function putFile(
  services: Services,
  persona: string,
  key: string | undefined,
  query: string,
  body: RequestInit["body"],
  headers: Record<string, string> = {},
): Promise<Response> {
  return send(services, `/v1/personas/${persona}/sources${query}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", ...(key ? { "x-api-key": key } : {}), ...headers },
    body: body ?? null,
    duplex: "half",
  });
}

/** Sends it as a form. */
export function postForm(services: Services, persona: string, key: string, form: FormData): Promise<Response> {
  return send(services, `/v1/personas/${persona}/sources`, {
    method: "POST",
    headers: { "x-api-key": key },
    body: form,
  });
}
