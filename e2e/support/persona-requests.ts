import type { Services } from "../../lib/services.ts";
import { readyPersona } from "./personas.ts";
import { send, workspace } from "./services.ts";

export const ASK = "post /v1/personas/{id}/ask";
export const QUERY = "post /v1/personas/{id}/query";

/** A workspace with a secret key and a persona that is ready to be asked. */
export async function askable(services: Services, limits: Partial<Record<string, number>> = {}) {
  const own = await workspace(services, limits);
  const secret = await own.mint("secret");
  const persona = await readyPersona(services, own.id);
  return { ...own, publishable: own.key, key: secret.key, keyId: secret.id, persona };
}

export function post(
  services: Services,
  target: string,
  key: string | undefined,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return send(services, target, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key ? { "x-api-key": key } : {}), ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** The rows of an organization's questions, oldest first. */
export async function questionsOf(services: Services, organizationId: string) {
  await services.quotas.personas.close();
  const prisma = await services.db.prisma();
  return prisma.personaRequest.findMany({ where: { organizationId }, orderBy: { id: "asc" } });
}
