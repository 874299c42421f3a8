import { z } from "zod";
import type { PersonaSummary, Source } from "#lib/corpora";
import { AppError } from "#lib/platform/errors";
import { type Answer, type Context, endpoint } from "../endpoint.ts";

const PersonaFacts = z.object({
  id: z.string(),
  slug: z.string().describe("Its short name; stands for the id in addresses."),
  name: z.string(),
  description: z.string(),
  status: z.enum(["empty", "reading", "ready"]).describe("While it reads, what was read before answers."),
  built_in: z.boolean().describe("It comes with the program, and nobody changes it."),
  sources: z.int(),
  waiting: z.int().describe("Of the sources: not read yet."),
  readable: z.int().describe("Of the sources: those that have text."),
  passages: z.int(),
  words: z.int(),
  mcp_url: z.string().describe("What an AI client connects to."),
  created_at: z.iso.datetime(),
});
export const SourceFacts = z.object({
  id: z.string(),
  title: z.string(),
  file_name: z.string(),
  bytes: z.int(),
  authors: z.array(z.string()),
  year: z.int().nullable(),
  type: z.string().nullable(),
  url: z.string().nullable(),
  status: z
    .string()
    .describe(
      "waiting, reading, ready, or why it has no text: failed, unsupported, too_large, encrypted, scanned, empty, broken, missing.",
    ),
  message: z.string().nullable().describe("Why it has no text, in a sentence."),
  page: z.int().nullable().describe("While it is read: how far."),
  pages: z.int().nullable(),
  words: z.int(),
  passages: z.int(),
  created_at: z.iso.datetime(),
});

export const PersonasAnswer = z.object({ personas: z.array(PersonaFacts) });
export const PersonaAnswer = PersonaFacts.extend({ documents: z.array(SourceFacts) });

export const toldSource = ({ fileName, createdAt, ...source }: Source): z.infer<typeof SourceFacts> => ({
  ...source,
  file_name: fileName,
  created_at: createdAt,
});

function toldPersona({ builtIn, createdAt, ...persona }: PersonaSummary, publicUrl: string) {
  const told: z.infer<typeof PersonaFacts> = {
    ...persona,
    built_in: builtIn,
    created_at: createdAt,
    mcp_url: `${publicUrl}/mcp/avatars/${persona.id}`,
  };
  return told;
}

/** The persona that an address names. Throws AppError `not_found` for an address below it that is none. */
export function personaOf(request: Request, after: readonly string[]): string {
  const [, , , id = "", ...rest] = new URL(request.url).pathname.split("/");
  if (id === "" || rest.join("/") !== after.join("/")) throw new AppError("not_found");
  return id;
}

const free = (tool: string, answer: (context: Context) => Promise<object>) =>
  endpoint({
    method: "GET",
    tool,
    keys: ["secret"],
    query: z.object({}),
    read: () => null,
    run: async (_input, context): Promise<Answer> => ({
      response: Response.json(await answer(context), { headers: { "cache-control": "no-store" } }),
    }),
  });

/** `GET /v1/personas`: the avatars that the key's workspace may ask. Costs nothing; secret keys only. */
export const personas = free("personas", async ({ services, principal }) => {
  const all = await services.personas.list(principal, principal.organizationId);
  return { personas: all.map((one) => toldPersona(one, services.config.publicUrl)) } satisfies z.infer<
    typeof PersonasAnswer
  >;
});

/** `GET /v1/personas/<id>`: one of them, with how each of its files fared. Costs nothing; secret keys only. */
export const persona = free("persona", async ({ request, services, principal }) => {
  const id = personaOf(request, []);
  const found = await services.personas.get(principal, principal.organizationId, id);
  const sources = await services.personas.sources(principal, principal.organizationId, found.id);
  return {
    ...toldPersona(found, services.config.publicUrl),
    documents: sources.map(toldSource),
  } satisfies z.infer<typeof PersonaAnswer>;
});
