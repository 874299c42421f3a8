import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { type AvatarFolder, PersonaError, readManifest } from "../../../../lib/personas/index.ts";
import { type AvatarOptions, openFolder, withAvatar } from "../avatars.ts";

type AddOptions = AvatarOptions & {
  id?: string;
  title?: string;
  year?: string;
  type?: string;
  url?: string;
  author?: string;
};

export function addAddCommand(program: Command): void {
  withAvatar(program.command("add <file...>"))
    .description("add sources to the corpus: copies the files and lists them in sources.json")
    .option("--id <id>", "the id of the source (one file only; default: from the file's name)")
    .option("--title <title>", "the title of the work (one file only; default: from the file's name)")
    .option("--author <name>", "who wrote it (default: the avatar's name)")
    .option("--year <year>", "when it appeared")
    .option("--type <type>", "book, paper, speech, interview, article, letter, textbook, guide or lecture", "book")
    .option("--url <address>", "where it can be read")
    .action(add);
}

async function add(files: string[], options: AddOptions): Promise<void> {
  const folder = await openFolder(options);
  if (files.length > 1 && (options.id ?? options.title)) {
    throw new PersonaError("invalid_input", { parameter: "--id and --title", expected: "give them with one file" });
  }
  const year = options.year === undefined ? null : Number(options.year);
  if (year !== null && !Number.isInteger(year)) {
    throw new PersonaError("invalid_input", { parameter: "--year", expected: "a whole number, such as 1776" });
  }
  for (const file of files) {
    if (!existsSync(file))
      throw new PersonaError("invalid_input", { parameter: file, expected: "there is no such file" });
  }
  for (const file of files) {
    const id = await addFile(folder, file, { ...options, year });
    console.log(`Added ${id}.`);
  }
  console.log(`Next: avatar-sdk process --avatar ${folder.id}`);
}

async function addFile(
  folder: AvatarFolder,
  file: string,
  options: Omit<AddOptions, "year"> & { year: number | null },
): Promise<string> {
  const extension = path.extname(file).toLowerCase();
  const id = options.id ?? (path.basename(file, path.extname(file)).replace(/[^\p{L}\p{N}._-]+/gu, "-") || "source");
  if (!/^[^/\\\0]+$/.test(id)) throw new PersonaError("invalid_input", { parameter: "--id", expected: "no slashes" });
  const corpus = path.join(folder.root, "corpus");
  const target = path.join(corpus, "open-access", `${id}${extension}`);
  await mkdir(path.dirname(target), { recursive: true });
  if (path.resolve(file) !== target) await copyFile(file, target);
  const manifestFile = path.join(corpus, "sources.json");
  const given = existsSync(manifestFile)
    ? (JSON.parse(await readFile(manifestFile, "utf8")) as Record<string, unknown>)
    : {};
  const { sources } = await readManifest(folder);
  const source = {
    id,
    title: options.title ?? id.replace(/[-_]+/g, " "),
    authors: [options.author ?? folder.config.name],
    ...(options.year !== null && { year: options.year }),
    type: options.type,
    ...(options.url && { url: options.url }),
    format: extension.slice(1).toUpperCase(),
    path: path.join("open-access", `${id}${extension}`),
    priority: "primary",
  };
  const listed = existsSync(manifestFile) ? sources.filter((other) => other.id !== id) : [];
  const draft = `${manifestFile}.tmp`;
  await writeFile(draft, `${JSON.stringify({ avatar: folder.id, ...given, sources: [...listed, source] }, null, 2)}\n`);
  await rename(draft, manifestFile);
  return id;
}
