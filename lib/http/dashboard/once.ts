import { LRUCache } from "lru-cache";
import type { Services } from "#lib/services";
import type { Outcome } from "./act.ts";

const REMEMBERED_MS = 10_000;
const remembered = new WeakMap<Services, LRUCache<string, Promise<Outcome>>>();

/**
 * Does something once however often its button is pressed: of a double click the browser shows the second answer, which
 * therefore has to be the first one's. `name` says who does what to what.
 */
export async function once(services: Services, name: string, run: () => Promise<Outcome>): Promise<Outcome> {
  const outcomes = remembered.get(services) ?? new LRUCache({ max: 1_000, ttl: REMEMBERED_MS });
  remembered.set(services, outcomes);
  const running = outcomes.get(name) ?? run();
  outcomes.set(name, running, { noUpdateTTL: true });
  try {
    return await running;
  } catch (error) {
    outcomes.delete(name);
    throw error;
  }
}
