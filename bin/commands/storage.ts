import type { Command } from "commander";
import { AppError } from "../../lib/platform/errors.ts";
import { moveObjects, openStorage, verifyObjects } from "../../lib/platform/storage.ts";
import { counted, print } from "../output.ts";
import { withServices } from "../session.ts";

type Options = { json?: boolean; repair?: boolean; remove?: boolean; from?: string };
const KINDS = ["disk", "s3"] as const;
const NAMES = { disk: "the data directory", s3: "the bucket" } as const;
const SHOWN = 20;

export function addStorageCommands(program: Command): void {
  const storage = program.command("storage").description("where photos and files of personas are kept");

  storage
    .command("verify")
    .option("--repair", "remove what is damaged, and have people looked up again whose photo is lost")
    .description("read every object, compare it with its checksum, and see that every photo's file is there")
    .action((options: Options) =>
      withServices(async (services) => {
        const kind = services.config.storage.kind;
        await services.storage.check();
        const repair = options.repair === true;
        const { objects, damaged } = await verifyObjects(services.storage, { repair });
        const lost = await services.avatars.photos.findLost(repair);
        if (damaged.length + lost.length > 0 && !repair) process.exitCode = 1;
        print(options, { storage: kind, objects, damaged, lostPhotos: lost, repaired: repair }, () =>
          [
            `${counted(objects, "object", "objects")} in ${NAMES[kind]}, ${damaged.length} damaged; ${counted(lost.length, "photo has", "photos have")} no file.`,
            ...listed(damaged),
            ...listed(lost.map((sha256) => `photo ${sha256}`)),
            ...(damaged.length + lost.length > 0
              ? [repair ? "They are removed, and made or looked up again." : "Run it with --repair to mend that."]
              : []),
          ].join("\n"),
        );
      }),
    );

  storage
    .command("migrate")
    .option("--from <kind>", "disk or s3; left out, what AVTRZ_STORAGE_MOVING_FROM says")
    .option("--remove", "remove from the old place what has arrived")
    .description("copy every object to the storage that is configured; broken off, it goes on where it was")
    .action((options: Options) =>
      withServices(async ({ config }) => {
        const to = config.storage.kind;
        const from = KINDS.find((kind) => kind === (options.from ?? config.storage.movingFrom));
        if (!from || from === to) {
          const problem = `Objects are kept on ${to}. Say where they come from with --from ${to === "disk" ? "s3" : "disk"}.`;
          throw new AppError("usage", { fields: { problem } });
        }
        const [old, current] = [openStorage(config, from), openStorage(config, to)];
        await current.check();
        const moved = await moveObjects(old, current);
        let removed = 0;
        if (options.remove)
          for await (const name of old.list()) {
            if ((await current.examine(name)) !== "whole") continue;
            await old.remove(name);
            removed++;
          }
        if (moved.damaged.length > 0) process.exitCode = 1;
        print(options, { from, to, ...moved, removed }, () =>
          [
            `${counted(moved.copied, "object", "objects")} copied from ${NAMES[from]} to ${NAMES[to]}; ${moved.alreadyThere} were there already.`,
            ...(moved.damaged.length > 0 ? [`${moved.damaged.length} are damaged and were left:`] : []),
            ...listed(moved.damaged),
            ...(options.remove ? [`${counted(removed, "object is", "objects are")} removed from ${NAMES[from]}.`] : []),
          ].join("\n"),
        );
      }),
    );
}

function listed(names: readonly string[]): string[] {
  const more = names.length > SHOWN ? [`  … and ${names.length - SHOWN} more`] : [];
  return [...names.slice(0, SHOWN).map((name) => `  ${name}`), ...more];
}
