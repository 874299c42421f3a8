import type { Storage } from "../storage.ts";

/**
 * The storage objects move to, with what is still in the one they move from: reads look here, then there; writes go here
 * alone. What is removed goes from the old place first: `moveObjects` looks there again behind each copy, so that what is
 * removed while it is copied stays nowhere.
 */
export function createMovingStorage(to: Storage, from: Storage): Storage {
  return {
    ...to,
    get: async (name) => (await to.get(name)) ?? (await from.get(name)),
    async examine(name) {
      const state = await to.examine(name);
      return state === "whole" ? state : from.examine(name);
    },
    async removeAll(prefix) {
      await from.removeAll(prefix);
      await to.removeAll(prefix);
    },
    async remove(name) {
      await from.remove(name);
      await to.remove(name);
    },
    async *list() {
      const seen = new Set<string>();
      for await (const name of to.list()) {
        seen.add(name);
        yield name;
      }
      for await (const name of from.list()) if (!seen.has(name)) yield name;
    },
  };
}

export type Moved = { copied: number; alreadyThere: number; damaged: string[]; goneMeanwhile: number };

/**
 * Copies every object that `to` does not have whole; each is read back and compared. Broken off, it goes on where it was:
 * what is there is not copied again. Damaged objects are named and left. Throws AppError `storage_unavailable`.
 */
export async function moveObjects(
  from: Storage,
  to: Storage,
  progress: (done: number) => void = () => undefined,
): Promise<Moved> {
  const moved: Moved = { copied: 0, alreadyThere: 0, damaged: [], goneMeanwhile: 0 };
  const underway = new Set<Promise<void>>();
  let done = 0;

  async function move(name: string): Promise<void> {
    if ((await to.examine(name)) === "whole") {
      moved.alreadyThere++;
      return;
    }
    if ((await from.examine(name)) === "damaged") {
      moved.damaged.push(name);
      return;
    }
    const bytes = await from.get(name);
    if (!bytes) {
      moved.goneMeanwhile++;
      return;
    }
    await to.put(name, bytes);
    if ((await to.examine(name)) !== "whole") throw new Error(`${name} did not arrive whole`);
    if ((await from.examine(name)) === "missing") {
      await to.remove(name);
      moved.goneMeanwhile++;
      return;
    }
    moved.copied++;
  }

  try {
    for await (const name of from.list()) {
      if (underway.size >= AT_ONCE) await Promise.race(underway);
      const work: Promise<void> = move(name).finally(() => {
        underway.delete(work);
        progress(++done);
      });
      work.catch(() => undefined);
      underway.add(work);
    }
    await Promise.all(underway);
  } finally {
    await Promise.allSettled(underway);
  }
  return moved;
}

const AT_ONCE = 8;
