import type { Viewer } from "#lib/organizations";
import type { CorrectionChanges, createPeopleActs, createProfileViews } from "#lib/profiles";
import type { PhotoStore } from "./photo-store.ts";
import { ingestPhoto } from "./photos/index.ts";

/**
 * What owners and admins do with the people of their organization, their photos included; nothing of it reaches another's.
 * Every function throws AppError `organization_not_found` for whoever is no member, and `role_too_low` for members.
 */
export function createWorkspacePeople(options: {
  acts: ReturnType<typeof createPeopleActs>;
  views: ReturnType<typeof createProfileViews>;
  photos: PhotoStore;
}) {
  const { acts, views, photos } = options;

  async function shownNoMore(organizationId: string, username: string, removed: { photos: string[] }): Promise<void> {
    views.forget(organizationId, username);
    await photos.removeUnused(removed.photos);
  }

  return {
    /** Shows initials for a person in this organization alone, and deletes what it imported of them. */
    async suppress(viewer: Viewer, organizationId: string, username: string, reason: string): Promise<void> {
      await shownNoMore(organizationId, username, await acts.suppress(viewer, organizationId, username, reason));
    },

    /** Lets a person be shown again; what was deleted does not come back. Throws `person_not_found` unless they are hidden. */
    async unsuppress(viewer: Viewer, organizationId: string, username: string): Promise<void> {
      await acts.unsuppress(viewer, organizationId, username);
      views.forget(organizationId, username);
    },

    /**
     * Deletes what this organization keeps of a person: import, own photo, and that it looked them up, so that its next lookup
     * of them counts as a new profile. What providers told is shared and stays. Throws `person_not_found`.
     */
    async delete(viewer: Viewer, organizationId: string, username: string): Promise<void> {
      await shownNoMore(organizationId, username, await acts.delete(viewer, organizationId, username));
    },

    /**
     * Has this picture (JPEG, PNG, WebP, AVIF or GIF; 5 MB) shown before any other, cropped around the face, and returns its
     * hash. Throws `photo_unusable`, `person_suppressed`.
     */
    async setOwnPhoto(viewer: Viewer, organizationId: string, username: string, bytes: Uint8Array): Promise<string> {
      await acts.requireOwnPhoto(viewer, organizationId);
      const photo = await ingestPhoto(bytes);
      await photos.save(photo);
      try {
        const removed = await acts.setOwnPhoto(viewer, organizationId, username, photo.sha256);
        await shownNoMore(organizationId, username, removed);
      } catch (error) {
        await photos.removeUnused([photo.sha256]);
        throw error;
      }
      return photo.sha256;
    },

    /**
     * Has facts told as this organization says, in it alone and before what anybody else told; null takes one back. Throws
     * `person_suppressed`, `correction_too_long`.
     */
    async correct(viewer: Viewer, organizationId: string, username: string, changes: CorrectionChanges): Promise<void> {
      await acts.correct(viewer, organizationId, username, changes);
      views.forget(organizationId, username);
    },

    /** Goes back to the photo that was imported or that a provider has. Throws `person_not_found` when there is no own one. */
    async removeOwnPhoto(viewer: Viewer, organizationId: string, username: string): Promise<void> {
      await shownNoMore(organizationId, username, await acts.removeOwnPhoto(viewer, organizationId, username));
    },
  };
}
