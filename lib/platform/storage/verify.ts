import type { Storage } from "../storage.ts";

export type Verified = { objects: number; damaged: string[] };

const AT_ONCE = 16;

/** Reads every object and names those that are not what was stored; with `repair` they are removed, to be made again. */
export async function verifyObjects(
  storage: Storage,
  { repair = false, progress }: { repair?: boolean; progress?: (done: number) => void } = {},
): Promise<Verified> {
  const verified: Verified = { objects: 0, damaged: [] };
  let some: Promise<void>[] = [];
  const look = async (name: string) => {
    const state = await storage.examine(name);
    if (state === "missing") return;
    verified.objects++;
    progress?.(verified.objects);
    if (state === "whole") return;
    verified.damaged.push(name);
    if (repair) await storage.remove(name);
  };
  for await (const name of storage.list()) {
    some.push(look(name));
    if (some.length < AT_ONCE) continue;
    await Promise.all(some);
    some = [];
  }
  await Promise.all(some);
  return verified;
}
