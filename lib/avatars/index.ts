/**
 * Pictures: a stored photo for each person that has one, in every size and format, and deterministic art for the
 * rest. Resolving never waits for a provider and never learns that it is metered.
 */

export { createPeopleImporter, type ImportReport } from "./import-people.ts";
export { createImportWorker } from "./import-worker.ts";
export {
  nameFromUsername,
  renderBlankSvg,
  renderErrorSvg,
  renderFigureRaster,
  renderInitialsRaster,
  renderInitialsSvg,
  renderSilhouetteSvg,
} from "./initials/index.ts";
export { createPhotoStore, type PhotoStore, type PurgeJob } from "./photo-store.ts";
export {
  AVATAR_FORMATS,
  AVATAR_SIZES,
  type AvatarFormat,
  type AvatarSize,
  type IngestedPhoto,
  ingestPhoto,
} from "./photos/index.ts";
export { pictureAddress } from "./picture-address.ts";
export { createPictureReader, createResolver, type Resolved } from "./resolve.ts";
export { createSamplePeople } from "./sample-people.ts";
export { createWorkspacePeople } from "./workspace-people.ts";
