import { existsSync } from "node:fs";
import path from "node:path";
import { type Command, Option } from "commander";
import {
  type AvatarConfig,
  type AvatarFolder,
  createFolderStore,
  indexDirectory,
  listAvatars,
  openAvatarFolder,
  PersonaError,
  type PersonaStore,
} from "../../../lib/personas/index.ts";
import { type SupabaseSettings, supabaseSettings } from "./supabase/settings.ts";
import { createSupabaseStore, NOT_THERE } from "./supabase/supabase-store.ts";

export type AvatarOptions = { avatar?: string; avatars: string };

/** The folder of all avatars where none is named. */
const DEFAULT_AVATARS = "avatars";

/** Adds --avatar and --avatars to a command. */
export function withAvatar(command: Command): Command {
  return command
    .option("--avatar <id>", "the avatar: the name of its folder (needless when there is only one)")
    .addOption(new Option("--avatars <dir>", "the folder of all avatars").env("AVATARS_DIR").default(DEFAULT_AVATARS));
}

/** An avatar to read or to ask. `folder` is null when only a hosted store has it. */
export type OpenAvatar = {
  id: string;
  config: AvatarConfig;
  folder: AvatarFolder | null;
  store: PersonaStore;
  /** The hosted store's settings; null when the corpus is the folder's own. */
  hosted: SupabaseSettings | null;
};

/** The folder of the avatar that is meant. Says on stderr what its config.json lacks. Throws PersonaError. */
export async function openFolder(options: AvatarOptions): Promise<AvatarFolder> {
  const avatars = path.resolve(options.avatars);
  const folder = await openAvatarFolder(avatars, options.avatar ?? (await onlyAvatar(avatars)));
  for (const warning of folder.warnings) console.error(warning);
  return folder;
}

/**
 * The avatar that is meant, and its store: the folder's, or with SUPABASE_URL the hosted one, which needs no folder to be
 * read. Throws PersonaError.
 */
export async function openAvatar(options: AvatarOptions, use: "read" | "write" = "read"): Promise<OpenAvatar> {
  const hosted = supabaseSettings(process.env, use);
  if (!hosted) {
    const folder = await openFolder(options);
    const { id, config } = folder;
    return { id, config, folder, store: createFolderStore(indexDirectory(folder), id), hosted };
  }
  const here = options.avatar !== undefined && existsSync(path.join(options.avatars, options.avatar, "config.json"));
  if (use === "write" || here || options.avatar === undefined) {
    const folder = await openFolder(options);
    const { id, config } = folder;
    const store = createSupabaseStore(hosted, id);
    if (use === "write") await store.prepare(config);
    return { id, config, folder, store, hosted };
  }
  const id = options.avatar;
  if (!/^[a-z0-9-]+$/.test(id))
    throw new PersonaError("invalid_input", {
      parameter: "--avatar",
      expected: "lower-case letters, digits and hyphens",
    });
  const store = createSupabaseStore(hosted, id);
  const config = await store.config();
  if (!config) throw new PersonaError("store_refused", { avatar: id, reason: NOT_THERE });
  return { id, config, folder: null, store, hosted };
}

async function onlyAvatar(avatars: string): Promise<string> {
  const ids = await listAvatars(avatars);
  const [only] = ids;
  if (only && ids.length === 1) return only;
  const expected = ids.length > 0 ? `one of ${ids.join(", ")}` : `the name of a folder in ${avatars}`;
  throw new PersonaError("invalid_input", { parameter: "--avatar", expected: `name ${expected}` });
}
