import { readFile } from "node:fs/promises";
import path from "node:path";
import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database } from "#lib/platform/db";
import type { createImports, ImportedPerson } from "#lib/profiles";
import type { PhotoStore } from "./photo-store.ts";
import { ingestPhoto } from "./photos/index.ts";
import PEOPLE from "./samples/people.json" with { type: "json" };

/** How imported people are marked that exist nowhere. */
const SOURCE = "sample";
// A bundle has no directory of its own; it is started in the project's.
const DIRECTORY = path.join(import.meta.dirname ?? "lib/avatars", "samples");

/** Eight invented people with drawn portraits, for those who look around before they import their own. */
export function createSamplePeople(options: {
  db: Database;
  clock: Clock;
  imports: ReturnType<typeof createImports>;
  photos: PhotoStore;
}) {
  const { db, clock, imports, photos } = options;
  return {
    /** How many of them an organization has now. Throws AppError `organization_not_found`. */
    async count(viewer: Viewer, organizationId: string): Promise<number> {
      await requireRole(db.query, organizationId, viewer, "member");
      const [row] = await db.query<{ people: number }>(
        "select count(*) as people from imported_person where organization_id = $1 and source = $2",
        [organizationId, SOURCE],
      );
      return row?.people ?? 0;
    },

    /**
     * Adds them; doing it again changes nothing. Returns their usernames, all of which begin with `sample-`.
     * Throws AppError `organization_not_found`, `role_too_low`.
     */
    async load(viewer: Viewer, organizationId: string): Promise<string[]> {
      await requireRole(db.query, organizationId, viewer, "admin");
      const people: ImportedPerson[] = [];
      for (const person of PEOPLE) {
        const file = path.join(DIRECTORY, `${person.username.replace(/^sample-/, "")}.webp`);
        const photo = await ingestPhoto(await readFile(file));
        await photos.save(photo);
        people.push({ ...person, photoSha256: photo.sha256 });
      }
      await db.transaction(async (query) => {
        await imports.save(query, organizationId, SOURCE, people);
        const detail = { people: people.length };
        const actor = actorOf(viewer);
        await recordAudit(query, clock, { organizationId, actor, action: "people.samples_load", detail });
      });
      return people.map(({ username }) => username);
    },

    /**
     * Takes them all away, those included that were looked up, and returns how many there were.
     * Throws AppError `organization_not_found`, `role_too_low`.
     */
    async remove(viewer: Viewer, organizationId: string): Promise<number> {
      const removed = await db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        const rows = await query<{ photos: (string | null)[] }>(
          `with looked_up as (
             delete from organization_profile where organization_id = $1 and username = any($3::text[])
           )
           delete from imported_person where organization_id = $1 and source = $2
           returning array[photo_sha256, own_photo_sha256] as photos`,
          [organizationId, SOURCE, PEOPLE.map(({ username }) => username)],
        );
        const detail = { people: rows.length };
        const actor = actorOf(viewer);
        if (rows.length > 0)
          await recordAudit(query, clock, { organizationId, actor, action: "people.samples_remove", detail });
        return rows;
      });
      await photos.removeUnused(removed.flatMap((row) => row.photos.filter((photo) => photo !== null)));
      return removed.length;
    },
  };
}
