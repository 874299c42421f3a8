import { existsSync } from "node:fs";
import { readdir, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { EXTENSIONS } from "../ingest/detect-format.ts";
import { PersonaError } from "../problem.ts";
import { type AvatarConfig, parseConfig } from "./config.ts";
import { parseManifest, type Source, type SourceManifest } from "./sources.ts";

/** An avatar in the layout of the original: `<avatars>/<id>/config.json`, `corpus/sources.json`, `corpus/open-access/`. */
export type AvatarFolder = { id: string; root: string; config: AvatarConfig; warnings: string[] };

export const indexDirectory = (folder: AvatarFolder): string => path.join(folder.root, "index");

/** Throws PersonaError `unknown_avatar` or `broken_config`. */
export async function openAvatarFolder(avatars: string, id: string): Promise<AvatarFolder> {
  const root = path.join(avatars, id);
  const file = path.join(root, "config.json");
  // An id is a name in that folder, never a way out of it.
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id) || !existsSync(file)) {
    const ids = await listAvatars(avatars);
    const known =
      ids.length > 0 ? `It has: ${ids.join(", ")}.` : "It has no avatars; make one with: avatar-sdk init NAME";
    throw new PersonaError("unknown_avatar", { avatar: id, avatars, known });
  }
  const { config, warnings } = parseConfig(await readFile(file, "utf8"), file);
  if (config.id !== id) {
    throw new PersonaError("broken_config", { file, problems: `- id: is "${config.id}" and the folder is "${id}"` });
  }
  return { id, root, config, warnings };
}

/** The ids of the folders that have a config.json. */
export async function listAvatars(avatars: string): Promise<string[]> {
  const entries = await readdir(avatars, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(path.join(avatars, entry.name, "config.json")))
    .map(({ name }) => name)
    .sort();
}

/** sources.json; without one, every file of a known kind below corpus/ is a source. Throws PersonaError. */
export async function readManifest(folder: AvatarFolder, name = "sources.json"): Promise<SourceManifest> {
  const file = path.join(folder.root, "corpus", name);
  if (existsSync(file)) return parseManifest(await readFile(file, "utf8"), file);
  const corpus = path.join(folder.root, "corpus");
  const entries = await readdir(corpus, { withFileTypes: true, recursive: true }).catch(() => []);
  const sources = entries
    .filter((entry) => entry.isFile() && EXTENSIONS.includes(path.extname(entry.name).toLowerCase()))
    .map((entry): Source => {
      const relative = path.relative(corpus, path.join(entry.parentPath, entry.name));
      const id = path.basename(entry.name, path.extname(entry.name));
      return { id, title: titleOf(folder.config, id), authors: [folder.config.name], path: relative };
    });
  return { sources: sources.sort((a, b) => a.id.localeCompare(b.id)) };
}

function titleOf(config: AvatarConfig, id: string): string {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/^(the|a) /, "")
      .replace(/[^\p{L}\p{N}]/gu, "");
  return config.corpus?.sources.find(({ title }) => plain(title) === plain(id))?.title ?? id;
}

/** The file of a source; null when there is none, or when it lies outside of the folder of all avatars. */
export async function findSourceFile(
  folder: AvatarFolder,
  manifest: SourceManifest,
  source: Source,
): Promise<string | null> {
  const corpus = path.join(folder.root, "corpus");
  const roots = manifest.corpus_root ? [path.resolve(corpus, manifest.corpus_root)] : [corpus];
  const names = [
    ...(source.path ? [source.path, path.join("open-access", source.path)] : []),
    ...EXTENSIONS.flatMap((extension) => [
      path.join("open-access", `${source.id}${extension}`),
      `${source.id}${extension}`,
    ]),
  ];
  const allowed = await realpath(path.dirname(folder.root));
  for (const root of roots) {
    for (const name of names) {
      const file = path.resolve(root, name);
      if (!existsSync(file)) continue;
      const real = await realpath(file);
      if (real.startsWith(allowed + path.sep)) return real;
    }
  }
  return null;
}
