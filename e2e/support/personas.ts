import { expect } from "vitest";
import type { PersonaRow } from "../../lib/corpora/index.ts";
import type { Services } from "../../lib/services.ts";

export const ON_SALT = `# On salt

The tax on salt falls on the poor more than on the rich, and for that reason it is unjust. A labourer eats as much salt as a lord.

# On roads

A road that is paid for by tolls is kept better than one that nobody owns. The bridge at Wells was built in 1742 by the guild of masons.
`;
export const ON_HARBOURS = `# On harbours

The mole at Wells was begun in the spring, and the fishermen were against the work from the beginning. A harbour without a light is no harbour.
`;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A persona with one source, read and indexed. */
export async function readyPersona(
  services: Services,
  organizationId: string,
  files: Record<string, string> = { "on-salt.md": ON_SALT },
  name = "Ann Lee",
): Promise<PersonaRow> {
  const persona = await services.personas.create("operator", organizationId, { name });
  for (const [fileName, text] of Object.entries(files))
    await services.personas.addSource("operator", organizationId, persona.id, { fileName }, bytesOf(text));
  expect(await services.personas.readers.readNow(persona.id)).toBe(true);
  return persona;
}
