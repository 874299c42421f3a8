import { VOICES } from "#lib/personas";
import { AppError } from "#lib/platform/errors";
import type { Act } from "./act.ts";
import { askPersona } from "./ask-persona.ts";

export const PERSONA_ACTS: Readonly<Record<string, Act>> = {
  "create-persona": {
    done: "The avatar is made. Give it something to answer from.",
    async run({ personas }, viewer, organizationId, fields) {
      const [name, description] = [fields.get("name") ?? "", fields.get("description") ?? ""];
      const { id } = await personas.create(viewer, organizationId, { name, description });
      return { to: `/${organizationId}/personas/${id}` };
    },
  },
  "ask-persona": {
    done: "Asked.",
    keeps: ["question"],
    async run(services, viewer, organizationId, fields) {
      const [asked, question] = [fields.get("persona") ?? "", fields.get("question") ?? ""];
      const { personaId, answerId } = await askPersona(services, viewer, organizationId, asked, question);
      return { to: `/${organizationId}/personas/${personaId}/answers/${answerId}` };
    },
  },
  "update-persona": {
    done: "The avatar is changed.",
    keeps: ["name", "description"],
    async run({ personas }, viewer, organizationId, fields) {
      const voice = VOICES.find((one) => one === fields.get("voice"));
      if (!voice) throw new AppError("persona_invalid", { fields: { problem: "there is no such voice" } });
      const [name, description] = [fields.get("name") ?? "", fields.get("description") ?? ""];
      await personas.update(viewer, organizationId, fields.get("persona") ?? "", {
        name,
        description,
        config: { voice },
      });
      return undefined;
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
