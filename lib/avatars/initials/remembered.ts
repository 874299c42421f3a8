import type { LRUCache } from "lru-cache";

/** What `compute` promises, kept under `key`; a failure is not kept, so that the next caller tries again. */
export function remembered<T>(cache: LRUCache<string, Promise<T>>, key: string, compute: () => Promise<T>): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const value = compute();
  cache.set(key, value);
  value.catch(() => cache.delete(key));
  return value;
}
