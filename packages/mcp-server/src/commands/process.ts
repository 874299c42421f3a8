import type { Command } from "commander";
import {
  type AvatarFolder,
  chooseWordsAlone,
  createShippedEmbedder,
  makeVectors,
  processFolder,
} from "../../../../lib/personas/index.ts";
import { type AvatarOptions, type OpenAvatar, openAvatar, withAvatar } from "../avatars.ts";
import { embedderOf } from "../embedder.ts";
import { folderLock, withLock } from "../lock.ts";
import { createProgressBar } from "../progress-bar.ts";

type ProcessOptions = AvatarOptions & { source?: string; force?: boolean; vectors: boolean; json?: boolean };

export function addProcessCommand(program: Command): void {
  withAvatar(program.command("process"))
    .description("read the sources and make the index; what is unchanged is left as it is")
    .option("--source <id>", "this source alone")
    .option("--force", "read everything anew")
    .option("--no-vectors", "words alone: faster to make, finds less that is said in other words")
    .option("--json", "one JSON document on stdout, and nothing else")
    .action(run);
}

async function run(options: ProcessOptions): Promise<void> {
  const opened = await openAvatar(options, "write");
  const { folder, id, hosted } = opened;
  if (!folder) return;
  const name = hosted ? `${hosted.url} ${id}` : folderLock(folder.root);
  await withLock(name, id, () => processAvatar(options, folder, opened));
}

async function processAvatar(
  options: ProcessOptions,
  folder: AvatarFolder,
  { store, config, hosted }: OpenAvatar,
): Promise<void> {
  const lead = embedderOf(process.env, config);
  const started = performance.now();
  const bar = createProgressBar();
  const report = await processFolder(folder, store, {
    ...(options.source && { source: options.source }),
    force: options.force ?? false,
    onProgress: ({ source, done, of, page, pages }) =>
      bar.show(
        (done + (page && pages ? page / pages : 0)) / Math.max(1, of),
        page ? `${source} page ${page} of ${pages}` : source,
      ),
  });
  const read = performance.now();
  await chooseWordsAlone(store, !options.vectors);
  const made = options.vectors
    ? await makeVectors(
        store,
        { shipped: createShippedEmbedder(), lead },
        {
          onProgress: ({ title, done, of }) =>
            bar.show(done / Math.max(1, of), `${title}: meaning of ${done} of ${of} passages`),
          report: (sentence) => {
            bar.clear();
            console.error(sentence);
          },
        },
      )
    : { lead: 0, shipped: 0 };
  const embedded = made.lead + made.shipped;
  const embedder = made.lead > 0 ? (lead?.lead?.name ?? null) : made.shipped > 0 ? "shipped" : null;
  bar.clear();
  const seconds = { read: (read - started) / 1_000, embed: (performance.now() - read) / 1_000 };
  if (options.json) {
    console.log(JSON.stringify({ avatar: folder.id, ...report, embedded, embedder, seconds }, null, 2));
  } else {
    for (const { title, status, passages, pages, changed, message } of report.documents) {
      const size = status === "ready" ? `${passages} passages${pages ? `, ${pages} pages` : ""}` : (message ?? "");
      const state = status === "ready" ? (changed ? "read" : "unchanged") : status;
      console.log(`${status === "ready" ? "✓" : "✗"} ${title}: ${state}, ${size}`);
    }
    for (const id of report.removed) console.log(`- ${id}: removed`);
    if (hosted) console.log(`Written to ${hosted.url}.`);
    console.log(`${report.passages} passages in the index (${seconds.read.toFixed(1)} s).`);
    if (embedded > 0) {
      const by = embedder === "shipped" ? "the shipped model" : embedder;
      console.log(`Vectors of ${embedded} passages were made by ${by} (${seconds.embed.toFixed(1)} s).`);
    }
  }
  if (report.passages === 0) process.exitCode = 1;
}
