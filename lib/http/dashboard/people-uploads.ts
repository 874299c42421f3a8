import { readFile } from "node:fs/promises";
import { personSegment } from "./person-segment.ts";
import type { Upload } from "./uploads.ts";

const MB = 1024 * 1024;

export const PEOPLE_UPLOADS: Readonly<Record<string, Upload>> = {
  people: {
    maxBytes: 64 * MB,
    async run(services, viewer, organizationId, file) {
      const { id } = await services.imports.start(viewer, organizationId, file);
      return `/${organizationId}/people/imports/${id}`;
    },
  },
  photo: {
    maxBytes: 5 * MB,
    async run({ profiles }, viewer, organizationId, file, fields) {
      const username = fields.get("username") ?? "";
      await profiles.people.setOwnPhoto(viewer, organizationId, username, await readFile(file.path));
      return `/${organizationId}/people/${personSegment(username)}?done=own-photo`;
    },
  },
};
