import path from "node:path";
import { type Command, Option } from "commander";
import {
  type AvatarFolder,
  createFolderStore,
  indexDirectory,
  listAvatars,
  openAvatarFolder,
  PersonaError,
  type PersonaStore,
} from "../../../lib/personas/index.ts";

export type AvatarOptions = { avatar?: string; avatars: string };

/** The folder of all avatars where none is named. */
const DEFAULT_AVATARS = "avatars";

/** Adds --avatar and --avatars to a command. */
export function withAvatar(command: Command): Command {
  return command
    .option("--avatar <id>", "the avatar: the name of its folder (needless when there is only one)")
    .addOption(new Option("--avatars <dir>", "the folder of all avatars").env("AVATARS_DIR").default(DEFAULT_AVATARS));
}

/** The avatar that is meant, and its store. Says on stderr what its config.json lacks. Throws PersonaError. */
export async function openAvatar(options: AvatarOptions): Promise<{ folder: AvatarFolder; store: PersonaStore }> {
  const avatars = path.resolve(options.avatars);
  const folder = await openAvatarFolder(avatars, options.avatar ?? (await onlyAvatar(avatars)));
  for (const warning of folder.warnings) console.error(warning);
  return { folder, store: createFolderStore(indexDirectory(folder), folder.id) };
}

async function onlyAvatar(avatars: string): Promise<string> {
  const ids = await listAvatars(avatars);
  const [only] = ids;
  if (only && ids.length === 1) return only;
  const expected = ids.length > 0 ? `one of ${ids.join(", ")}` : `the name of a folder in ${avatars}`;
  throw new PersonaError("invalid_input", { parameter: "--avatar", expected: `name ${expected}` });
}
