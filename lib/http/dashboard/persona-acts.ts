import type { Act } from "./act.ts";

export const PERSONA_ACTS: Readonly<Record<string, Act>> = {
  "create-persona": {
    done: "The avatar is made. Give it something to answer from.",
    async run({ personas }, viewer, organizationId, fields) {
      const [name, description] = [fields.get("name") ?? "", fields.get("description") ?? ""];
      const { id } = await personas.create(viewer, organizationId, { name, description });
      return { to: `/${organizationId}/personas/${id}` };
    },
  },
  "remove-source": {
    done: "The file is gone, and every passage of it.",
    async run({ personas }, viewer, organizationId, fields) {
      await personas.removeSource(viewer, organizationId, fields.get("persona") ?? "", fields.get("id") ?? "");
      return undefined;
    },
  },
  "remove-persona": {
    done: "The avatar is deleted, with its files and everything made of them.",
    async run({ personas }, viewer, organizationId, fields) {
      await personas.remove(viewer, organizationId, fields.get("persona") ?? "");
      return { to: `/${organizationId}/personas` };
    },
  },
};
