import { beforeAll, expect, test } from "vitest";
import { createPersona, parseConfig, rebuildIndex } from "../index.ts";
import { ingestSource } from "../ingest/ingest.ts";
import { createMemoryStore } from "../store/memory-store.ts";

const TEXT = `# Salt

The tax on salt falls on the poor. Salt is salt to a lord and to a labourer, and the salt of both is taxed.

# Roads

A road that is paid for by tolls is kept better. No salt was ever laid on it.

# Letters

A jester wrote to me of the king.
`;

const persona = (() => {
  const store = createMemoryStore();
  const { config } = parseConfig(JSON.stringify({ id: "a", name: "Ann Lee" }), "config.json");
  return { store, asked: createPersona(config, store) };
})();
beforeAll(async () => {
  const file = { name: "a.md", bytes: new TextEncoder().encode(TEXT) };
  await ingestSource(persona.store, { id: "a", title: "Essays", authors: [] }, file, undefined);
  await rebuildIndex(persona.store);
});

test.each(["salt", "What do you think of salt?", "Tell me about salt"])(
  "%s: whatever speaks of a topic is relevant at the contract's threshold, most of all what keeps to it",
  async (query) => {
    const found = await persona.asked.query(query);
    expect(found[0]?.content).toContain("falls on the poor");
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  },
);

test.each(["bitcoin", "Tell me about bitcoin", "salt bitcoin"])(
  "%s: a topic that is not there finds nothing",
  async (query) => {
    expect(await persona.asked.query(query)).toEqual([]);
  },
);
