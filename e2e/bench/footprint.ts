import { readFile } from "node:fs/promises";
import { processTree } from "../support/installation.ts";

/** Memory of an installation in MB. PSS counts a page that several processes share once in all; RSS in each of them. */
export type Footprint = { pssMb: number; rssMb: number; processes: { what: string; pssMb: number; rssMb: number }[] };

/** Reads it from /proc, so on Linux only; elsewhere everything is 0. */
export async function footprintOf(pid: number): Promise<Footprint> {
  const processes = await Promise.all(
    (await processTree(pid)).map(async (one) => {
      const rollup = await readFile(`/proc/${one}/smaps_rollup`, "utf8").catch(() => "");
      const command = await readFile(`/proc/${one}/cmdline`, "utf8").catch(() => "");
      const read = (name: string) =>
        Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(rollup)?.[1] ?? 0) / 1_024);
      const what = /embedded-database/.test(command) ? "database" : /worker\.ts/.test(command) ? "worker" : "server";
      return { what, pssMb: read("Pss"), rssMb: read("Rss") };
    }),
  );
  const sum = (read: (part: (typeof processes)[number]) => number) =>
    processes.reduce((total, part) => total + read(part), 0);
  return { pssMb: sum((part) => part.pssMb), rssMb: sum((part) => part.rssMb), processes };
}
