import { actorOf, requireRole, type Viewer } from "#lib/organizations";
import { recordAudit } from "#lib/platform/audit";
import type { Clock } from "#lib/platform/clock";
import type { Database, Query } from "#lib/platform/db";
import { AppError } from "#lib/platform/errors";
import { type CorrectionChanges, type Corrections, changeCorrections } from "./corrections.ts";
import { lockPerson } from "./suppression.ts";

/** Photos that are not shown any more by what was done; the caller removes those that nobody else is shown by. */
type Removed = { photos: string[] };

type AuditEntry = { action: string; detail?: Record<string, string> };

const MAX_REASON_LENGTH = 300;

/**
 * What owners and admins do with the people of their organization; nothing of it reaches another's. Every function throws
 * AppError `organization_not_found` for whoever is no member, and `role_too_low` for members.
 */
export function createPeopleActs({ db, clock }: { db: Database; clock: Clock }) {
  /** Runs under the person's lock, by somebody who may, and leaves an audit line. */
  function act<T>(
    viewer: Viewer,
    organizationId: string,
    username: string,
    entry: AuditEntry,
    work: (query: Query) => Promise<T>,
  ): Promise<T> {
    return db.transaction(async (query) => {
      await requireRole(query, organizationId, viewer, "admin");
      await lockPerson(query, username);
      const result = await work(query);
      await audit(query, viewer, organizationId, username, entry);
      return result;
    });
  }

  const audit = (query: Query, viewer: Viewer, organizationId: string, target: string, entry: AuditEntry) =>
    recordAudit(query, clock, { organizationId, actor: actorOf(viewer), target, ...entry });

  const removeImport = async (query: Query, organizationId: string, username: string): Promise<Removed> => {
    const [row] = await query<{ photos: (string | null)[] }>(
      `delete from imported_person where organization_id = $1 and username = $2
       returning array[photo_sha256, own_photo_sha256,
         (select photo_sha256 from organization_finding where organization_id = $1 and username = $2)] as photos`,
      [organizationId, username],
    );
    return { photos: row?.photos.filter((photo) => photo !== null) ?? [] };
  };

  return {
    /**
     * Shows initials for a person in this organization, and deletes what it imported of them. Suppressing somebody for
     * everybody is the operator's to decide. Doing it again changes nothing.
     */
    suppress(viewer: Viewer, organizationId: string, username: string, reason: string): Promise<Removed> {
      const why = reason
        .replace(/[\s\p{Cc}]+/gu, " ")
        .trim()
        .slice(0, MAX_REASON_LENGTH);
      const entry = { action: "person.suppress", detail: { reason: why } };
      return act(viewer, organizationId, username, entry, async (query) => {
        await query(
          `insert into hidden_person (organization_id, username, reason, created_by, created_at) values ($1, $2, $3, $4, $5)
           on conflict do nothing`,
          [organizationId, username, why, actorOf(viewer), new Date(clock.now())],
        );
        return removeImport(query, organizationId, username);
      });
    },

    /** Lets a person be shown again; what was deleted does not come back. Throws `person_not_found` unless they are hidden. */
    unsuppress(viewer: Viewer, organizationId: string, username: string): Promise<void> {
      return act(viewer, organizationId, username, { action: "person.unsuppress" }, async (query) => {
        const [shown] = await query(
          "delete from hidden_person where organization_id = $1 and username = $2 returning username",
          [organizationId, username],
        );
        if (!shown) throw new AppError("person_not_found", { fields: { username } });
      });
    },

    /**
     * Deletes what this organization keeps of a person: import, own photo, and that it looked them up, so that its next
     * lookup of them counts as a new profile. What providers told is shared and stays. Throws `person_not_found`.
     */
    delete(viewer: Viewer, organizationId: string, username: string): Promise<Removed> {
      return act(viewer, organizationId, username, { action: "person.delete" }, async (query) => {
        const [known] = await query(
          `select 1 from imported_person where organization_id = $1 and username = $2
           union all select 1 from organization_profile where organization_id = $1 and username = $2`,
          [organizationId, username],
        );
        if (!known) throw new AppError("person_not_found", { fields: { username } });
        await query("delete from organization_profile where organization_id = $1 and username = $2", [
          organizationId,
          username,
        ]);
        return removeImport(query, organizationId, username);
      });
    },

    /** Throws unless the viewer may give people of this organization a photo: asked before a picture is decoded. */
    async requireOwnPhoto(viewer: Viewer, organizationId: string): Promise<void> {
      await requireRole(db.query, organizationId, viewer, "admin");
    },

    /** Has a stored photo shown before any other, in this organization. Throws `person_suppressed`. */
    setOwnPhoto(viewer: Viewer, organizationId: string, username: string, sha256: string): Promise<Removed> {
      return act(viewer, organizationId, username, { action: "person.photo" }, async (query) => {
        await refuseHidden(query, organizationId, username);
        const before = await ownPhotoOf(query, organizationId, username);
        await query(
          `insert into imported_person (organization_id, username, source, own_photo_sha256, imported_at)
           values ($1, $2, 'manual', $3, $4)
           on conflict (organization_id, username) do update set own_photo_sha256 = excluded.own_photo_sha256`,
          [organizationId, username, sha256, new Date(clock.now())],
        );
        return { photos: before && before !== sha256 ? [before] : [] };
      });
    },

    /** Goes back to the photo that was imported or that a provider has. Throws `person_not_found` when there is no own one. */
    removeOwnPhoto(viewer: Viewer, organizationId: string, username: string): Promise<Removed> {
      return act(viewer, organizationId, username, { action: "person.photo_remove" }, async (query) => {
        const before = await ownPhotoOf(query, organizationId, username);
        if (!before) throw new AppError("person_not_found", { fields: { username } });
        await query("update imported_person set own_photo_sha256 = null where organization_id = $1 and username = $2", [
          organizationId,
          username,
        ]);
        await removeEmpty(query, organizationId, username);
        return { photos: [before] };
      });
    },

    /**
     * Has facts told as this organization says, in it alone and before what anybody else told; null takes one back. The
     * audit line names the facts, not what was said of them, and is not written when nothing changed. Throws
     * `person_suppressed`, `correction_too_long`.
     */
    correct(viewer: Viewer, organizationId: string, username: string, changes: CorrectionChanges): Promise<void> {
      return db.transaction(async (query) => {
        await requireRole(query, organizationId, viewer, "admin");
        await lockPerson(query, username);
        await refuseHidden(query, organizationId, username);
        const [row] = await query<{ corrections: Corrections | null }>(
          "select corrections from imported_person where organization_id = $1 and username = $2",
          [organizationId, username],
        );
        const now = new Date(clock.now());
        const by = actorOf(viewer);
        const { after, touched } = changeCorrections(row?.corrections ?? null, changes, { at: now.toISOString(), by });
        if (touched.length === 0) return;
        await query(
          `insert into imported_person (organization_id, username, source, corrections, imported_at)
           values ($1, $2, 'manual', $3::jsonb, $4)
           on conflict (organization_id, username) do update set corrections = excluded.corrections`,
          [organizationId, username, after && JSON.stringify(after), now],
        );
        await removeEmpty(query, organizationId, username);
        const detail = { facts: touched.join(", ") };
        await audit(query, viewer, organizationId, username, { action: "person.correct", detail });
      });
    },
  };
}

/** Throws `person_suppressed` for whom nothing may be kept. */
async function refuseHidden(query: Query, organizationId: string, username: string): Promise<void> {
  const hidden = await query(
    `select 1 from suppression where username = $2
     union all select 1 from hidden_person where organization_id = $1 and username = $2`,
    [organizationId, username],
  );
  if (hidden.length > 0) throw new AppError("person_suppressed", { fields: { username } });
}

/** A row that was made for a photo or a correction alone says nothing without it. */
async function removeEmpty(query: Query, organizationId: string, username: string): Promise<void> {
  await query(
    `delete from imported_person where organization_id = $1 and username = $2 and source = 'manual' and corrections is null
       and coalesce(first_name, last_name, headline, company, position, location, email, photo_sha256, own_photo_sha256) is null`,
    [organizationId, username],
  );
}

async function ownPhotoOf(query: Query, organizationId: string, username: string): Promise<string | null> {
  const [row] = await query<{ photo: string | null }>(
    "select own_photo_sha256 as photo from imported_person where organization_id = $1 and username = $2",
    [organizationId, username],
  );
  return row?.photo ?? null;
}
