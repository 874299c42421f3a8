/**
 * Photos of people: bytes from anywhere in, a square picture around the face out, ready to be stored and served.
 * Decoded by content, never by declared type; every pixel is re-encoded and no metadata survives; no HTTP, no database.
 * At most twice the cores work at once, and finding faces gives way to requests every few milliseconds.
 */
export type { Crop } from "./choose-crop.ts";
export { type IngestedPhoto, ingestPhoto } from "./ingest-photo.ts";
export {
  AVATAR_FORMATS,
  AVATAR_SIZES,
  type AvatarFormat,
  type AvatarSize,
  renderVariant,
} from "./render-variant.ts";
export { photoWork } from "./work-gate.ts";
