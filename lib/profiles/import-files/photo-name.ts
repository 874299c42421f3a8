import { parseUsername } from "../identity/username.ts";
import { IDENTITY_PROBLEMS } from "./rows.ts";

export type PhotoName =
  | { readonly kind: "photo"; readonly username: string }
  | { readonly kind: "refused"; readonly problem: string }
  | { readonly kind: "ignored" };

const EXTENSION = /\.(?:jpe?g|jpe|jfif|png|webp|avif|gif)$/i;

/** What file managers leave in folders and archives. */
const LEFTOVERS = new Set(["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir"]);

/**
 * Whose photo a file is, by its name alone: `janedoe.jpg`, `JaneDoe.PNG`, `peter-m%C3%BCller.webp`. Folders in
 * the path mean nothing, hence `../x.jpg` is as harmless as `x.jpg`.
 */
export function readPhotoName(path: string): PhotoName {
  const base = path.split(/[/\\]/).pop() ?? "";
  if (isLeftoverPath(path)) return { kind: "ignored" };
  if (/\.zip$/i.test(base)) return { kind: "refused", problem: "is an archive of its own; unpack it first" };
  if (!EXTENSION.test(base)) return { kind: "refused", problem: "is not a .jpg, .png, .webp, .avif or .gif file" };
  const identity = parseUsername(base.replace(EXTENSION, ""));
  if (identity.ok) return { kind: "photo", username: identity.username };
  return { kind: "refused", problem: `${IDENTITY_PROBLEMS[identity.code]} before the dot` };
}

/** Whether a file counts as a picture when a folder or an archive is looked over. */
export function isNamedLikePicture(path: string): boolean {
  return EXTENSION.test(path) && readPhotoName(path).kind !== "ignored";
}

/** Whether a file, or a folder it lies in, is one. */
export function isLeftoverPath(path: string): boolean {
  return path.split(/[/\\]/).some(isLeftover);
}

/** Hidden files and leftovers. */
export function isLeftover(name: string): boolean {
  return /^\.(?!\.?$)/.test(name) || LEFTOVERS.has(name.toLowerCase());
}
