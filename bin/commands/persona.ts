import { readFile, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { MAX_SOURCE_BYTES, type PersonaSummary, type Source } from "../../lib/corpora/index.ts";
import { type Answer, VOICES } from "../../lib/personas/index.ts";
import { AppError } from "../../lib/platform/errors.ts";
import type { Services } from "../../lib/services.ts";
import { counted, print, progressBar, table } from "../output.ts";
import { chooseOrganization, OPERATOR, ORG_OPTION, withServices } from "../session.ts";

type Options = { json?: boolean; org?: string };
type CreateOptions = Options & { slug?: string; description?: string; voice?: string; config?: string };
type AddOptions = Options & { title?: string; author?: string; year?: string; type?: string; url?: string };

const PERSONA = ["<avatar>", "its id (per_…) or short name"] as const;
const LOOK_EVERY_MS = 300;

export function addPersonaCommands(program: Command): void {
  const persona = program.command("persona").description("conversational avatars of a workspace");

  persona
    .command("create")
    .argument("<name>", "whose writings it answers from")
    .option(...ORG_OPTION)
    .option("--slug <name>", "its short name: lower-case letters, digits and hyphens (default: from its name)")
    .option("--description <text>", "who that is")
    .addOption(new Option("--voice <voice>", "what it speaks as").choices(VOICES))
    .option("--config <file>", "a config.json, for everything else it may have")
    .description("make an avatar")
    .action((name: string, options: CreateOptions) =>
      withServices(async (services) => {
        const { id: org } = await chooseOrganization(services, options.org);
        const { slug, description, voice } = options;
        const config = { ...(options.config && (await readJson(options.config))), ...(voice && { voice }) };
        const { id } = await services.personas.create(OPERATOR, org, { name, slug, description, config });
        const made = await services.personas.get(OPERATOR, org, id);
        print(
          options,
          made,
          () => `Made ${made.name} (${made.slug}):\n${made.id}\nNext: persona add ${made.slug} FILE`,
        );
      }),
    );

  persona
    .command("list")
    .option(...ORG_OPTION)
    .description("the avatars of a workspace")
    .action((options: Options) =>
      withServices(async (services) => {
        const { id: org } = await chooseOrganization(services, options.org);
        const personas = await services.personas.list(OPERATOR, org);
        print(options, { personas }, () =>
          table(
            ["ID", "SHORT NAME", "NAME", "STATUS", "SOURCES", "PASSAGES"],
            personas.map((one) => [one.id, one.slug, one.name, one.status, `${one.sources}`, `${one.passages}`]),
            "This workspace has no avatar yet.",
          ),
        );
      }),
    );

  persona
    .command("add")
    .argument(...PERSONA)
    .argument("<file...>", "PDF, EPUB, DOCX, HTML, Markdown, text, VTT or SRT")
    .option(...ORG_OPTION)
    .option("--title <title>", "the title of the work (one file only; default: from the file's name)")
    .option("--author <name>", "who wrote it (default: the avatar's name)")
    .option("--year <year>", "when it appeared")
    .option("--type <type>", "book, paper, speech, interview, article, letter, textbook, guide or lecture")
    .option("--url <address>", "where it can be read")
    .description("give an avatar files; one of the same name is replaced, the same file again changes nothing")
    .action((id: string, files: string[], options: AddOptions) =>
      withServices(async (services) => {
        if (files.length > 1 && options.title !== undefined) throw usage("--title goes with one file.");
        const year = options.year === undefined ? undefined : Number(options.year);
        if (year !== undefined && !Number.isInteger(year)) throw usage("--year is a whole number, such as 1776.");
        const { id: org } = await chooseOrganization(services, options.org);
        const { title, author, type, url } = options;
        const facts = { title, year, type, url, ...(author && { authors: [author] }) };
        const sources: (Source & { added: boolean })[] = [];
        for (const fileName of files) {
          const bytes = await readSource(fileName);
          const { source, added } = await services.personas.addSource(OPERATOR, org, id, { ...facts, fileName }, bytes);
          sources.push({ ...source, added });
        }
        print(options, { sources }, () =>
          [
            ...sources.map((one) => (one.added ? `Added ${one.title}.` : `${one.title} is there already.`)),
            "A running server reads them by itself; to read them now: persona process",
          ].join("\n"),
        );
      }),
    );

  persona
    .command("process")
    .argument(...PERSONA)
    .option(...ORG_OPTION)
    .option("--again", "read all its files again, not only those that wait")
    .description("read the files that wait and bring the index up to date")
    .action((id: string, options: Options & { again?: boolean }) =>
      withServices(async (services) => {
        const { id: org } = await chooseOrganization(services, options.org);
        const { id: personaId } = await services.personas.get(OPERATOR, org, id);
        if (options.again) await services.personas.processAgain(OPERATOR, org, personaId);
        const persona = await readAll(services, org, personaId);
        const sources = await services.personas.sources(OPERATOR, org, personaId);
        if (sources.some(({ status }) => status !== "ready")) process.exitCode = 1;
        print(options, { persona, sources }, () => processed(persona, sources));
      }),
    );

  persona
    .command("ask")
    .argument(...PERSONA)
    .argument("<question...>")
    .option(...ORG_OPTION)
    .description("ask an avatar; the answer is cited, or says that its corpus does not cover it")
    .action((id: string, words: string[], options: Options) =>
      withServices(async (services) => {
        const { id: org } = await chooseOrganization(services, options.org);
        const persona = await services.personas.persona(org, id);
        const answer = await persona.answer(words.join(" "));
        print(options, answer, () => answered(answer));
      }),
    );

  persona
    .command("remove")
    .argument(...PERSONA)
    .option(...ORG_OPTION)
    .description("delete an avatar with its files and everything made of them")
    .action((id: string, options: Options) =>
      withServices(async (services) => {
        const { id: org } = await chooseOrganization(services, options.org);
        const { id: personaId, name } = await services.personas.get(OPERATOR, org, id);
        await services.personas.remove(OPERATOR, org, personaId);
        print(options, { id: personaId, removed: true }, () => `Deleted ${name} and everything it was given.`);
      }),
    );
}

/** Reads here what waits, or watches whoever is reading it already. */
async function readAll({ personas }: Services, org: string, personaId: string): Promise<PersonaSummary> {
  const bar = progressBar("Reading");
  const watch = setInterval(async () => {
    const sources = await personas.sources(OPERATOR, org, personaId).catch(() => []);
    const share = ({ status, page, pages }: Source) =>
      status === "waiting" ? 0 : status === "reading" ? (page ?? 0) / (pages ?? 1) : 1;
    bar.update(Math.floor(100 * sources.reduce((sum, one) => sum + share(one), 0)) / 100, sources.length);
  }, LOOK_EVERY_MS);
  try {
    for (;;) {
      await personas.readers.readNow(personaId);
      const persona = await personas.get(OPERATOR, org, personaId);
      if (persona.status !== "reading") return persona;
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    clearInterval(watch);
    bar.end();
  }
}

function processed(persona: PersonaSummary, sources: readonly Source[]): string {
  const unread = sources.filter(({ status }) => status !== "ready");
  return [
    `${persona.name} has ${counted(persona.passages, "passage", "passages")} of ${counted(persona.readable, "source", "sources")}, ${counted(persona.words, "word", "words")}.`,
    ...unread.map(({ fileName, status, message }) => `  ${fileName}: ${status}. ${message ?? ""}`),
  ].join("\n");
}

function answered({ response, refusal, confidence }: Answer): string {
  return refusal ? response : `${response}\n\nConfidence: ${confidence}`;
}

async function readSource(file: string): Promise<Uint8Array> {
  const unreadable = (problem: string, cause?: unknown) =>
    new AppError("file_unreadable", { fields: { file, problem }, cause });
  const found = await stat(file).catch((error) => {
    throw unreadable("there is no such file", error);
  });
  if (found.isDirectory()) throw unreadable("it is a folder; name the files in it");
  // Before it is read into memory.
  if (found.size > MAX_SOURCE_BYTES) {
    const size = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MB`;
    throw new AppError("file_too_large", { fields: { file, size: size(found.size), limit: size(MAX_SOURCE_BYTES) } });
  }
  return readFile(file).catch((error) => {
    throw unreadable(error.message, error);
  });
}

async function readJson(file: string): Promise<Record<string, unknown>> {
  const text = Buffer.from(await readSource(file)).toString("utf8");
  try {
    return JSON.parse(text.replace(/^\ufeff/, "")) as Record<string, unknown>;
  } catch (cause) {
    throw new AppError("file_unreadable", { fields: { file, problem: "it is no JSON" }, cause });
  }
}

function usage(problem: string): AppError {
  return new AppError("usage", { fields: { problem } });
}
