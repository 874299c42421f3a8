import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  createPersona,
  ingestSource,
  type Passage,
  type PersonaStore,
  parseConfig,
  rebuildIndex,
  type StoredDocument,
} from "../../lib/personas/index.ts";

export const document = (id: string, more: Partial<StoredDocument> = {}): StoredDocument => ({
  id,
  title: `Title of ${id}`,
  authors: ["Ann Lee"],
  year: 1755,
  type: null,
  url: null,
  format: "text",
  status: "ready",
  message: null,
  digest: "d1",
  pages: 3,
  words: 40,
  passages: 2,
  ...more,
});

export function passagesOf(documentId: string, texts: readonly string[]): Passage[] {
  return texts.map((text, position) => ({
    id: `${documentId}:${position}`,
    documentId,
    position,
    section: "On salt › Taxes",
    start: position * 100,
    text,
    sentences: [{ start: 0, end: text.length, place: { page: position + 1, label: "iv", location: null } }],
  }));
}

const MOST = 2_400;
/** What no encoding may change: every byte counts, for quotes are verbatim. */
const AWKWARD = "He said: “a \\ backslash”, a 'quote', {braces}, a tab\tand\na new line, 𝒳 and é.";

/**
 * What every PersonaStore keeps to. `open` opens the same store again, as another process would. `oneAtATime` is for a
 * stand-in database of one connection, behind whose writing every reader waits.
 */
export function keepsToTheContract(
  open: () => PersonaStore | Promise<PersonaStore>,
  { oneAtATime = false } = {},
): void {
  describe("as every store of a persona", () => {
    test("documents and their passages come back as they were put, in the order in which they were added", async () => {
      const store = await open();
      const [zoo, ark] = [document("zoo"), document("ark", { year: null, message: null, pages: null })];
      await store.replaceDocument(zoo, passagesOf("zoo", ["One.", AWKWARD]));
      await store.replaceDocument(ark, passagesOf("ark", ["Three."]));
      await store.replaceDocument(zoo, passagesOf("zoo", ["One.", AWKWARD]));
      expect(await (await open()).documents()).toEqual([zoo, ark]);
      expect(await store.documentPassages("zoo")).toEqual(passagesOf("zoo", ["One.", AWKWARD]));
      expect(await (await open()).passages(["ark:0", "zoo:1", "zoo:0"])).toEqual([
        ...passagesOf("ark", ["Three."]),
        ...passagesOf("zoo", ["One.", AWKWARD]).reverse(),
      ]);
      expect(await store.documentPassages("nobody")).toEqual([]);
      expect(await store.passages(["zoo:2", "zoo:x", "zoo", "", "../zoo:0", "zoo:0\0", "nobody:0"])).toEqual([]);
    });

    test("whoever reads while a document is replaced sees all of the old one or all of the new one", async () => {
      const store = await open();
      const reader = await open();
      const old = passagesOf(
        "book",
        Array.from({ length: MOST }, (_, n) => `Old ${n}.`),
      );
      const fresh = passagesOf(
        "book",
        Array.from({ length: MOST }, (_, n) => `New ${n}.`),
      );
      await store.replaceDocument(document("book", { digest: "old", passages: MOST }), old);
      let over = false;
      const replaced = store.replaceDocument(document("book", { digest: "new", passages: MOST }), fresh).then(() => {
        over = true;
      });
      const seen = new Set<string>();
      while (!over) {
        const words = (await reader.passages(["book:0", "book:1200", "book:2399"])).map(({ text }) => text.slice(0, 3));
        expect(new Set(words).size).toBe(1);
        expect(words).toHaveLength(3);
        seen.add(words[0] ?? "");
        await setImmediate();
      }
      await replaced;
      if (!oneAtATime) expect(seen).toContain("Old");
      const all = await store.documentPassages("book");
      expect([all.length, all[0]?.text, all.at(-1)?.text]).toEqual([MOST, "New 0.", "New 2399."]);
      await store.removeDocument("book");
    });

    test("the revision changes with every change and with nothing else", async () => {
      const store = await open();
      const reader = await open();
      const seen = [await reader.revision()];
      const changes = [
        () => store.replaceDocument(document("rev"), passagesOf("rev", ["One."])),
        () => store.replaceDocument(document("rev", { digest: "d2" }), passagesOf("rev", ["Two."])),
        () => store.writeDerived("index", new Uint8Array([1, 2])),
        () => store.writeDerived("index", new Uint8Array([1, 2, 3])),
        () => store.removeDocument("rev"),
      ];
      for (const change of changes) {
        await change();
        await store.documents();
        seen.push(await reader.revision());
        expect(await reader.revision()).toBe(seen.at(-1));
      }
      expect(new Set(seen).size).toBe(seen.length);
    });

    test("a document that is removed leaves no passage and none of its vectors", async () => {
      const store = await open();
      await store.replaceDocument(document("gone"), passagesOf("gone", ["One.", "Two."]));
      await store.writeDerived("vectors-gone", new Uint8Array([9]));
      await store.removeDocument("gone");
      expect((await store.documents()).map(({ id }) => id)).not.toContain("gone");
      expect(await store.passages(["gone:0"])).toEqual([]);
      expect(await store.documentPassages("gone")).toEqual([]);
      expect(await store.readDerived("vectors-gone")).toBeNull();
      await store.removeDocument("gone");
    });

    test("derived data is kept byte for byte, replaced whole, and dropped with what it was made of", async () => {
      const store = await open();
      const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 251);
      expect(await store.readDerived("big")).toBeNull();
      await store.writeDerived("big", bytes);
      expect(Buffer.from((await (await open()).readDerived("big")) ?? []).equals(Buffer.from(bytes))).toBe(true);
      await store.writeDerived("big", null);
      expect(await store.readDerived("big")).toBeNull();
      await store.replaceDocument(document("vec"), passagesOf("vec", ["One."]));
      await store.writeDerived("vectors-vec", new Uint8Array([1]));
      await store.replaceDocument(document("vec", { digest: "d2" }), passagesOf("vec", ["Two."]));
      expect(await store.readDerived("vectors-vec")).toBeNull();
      await store.removeDocument("vec");
    });

    test("a persona is fed, indexed and asked through it, and takes up what another process changed", async () => {
      const store = await open();
      for (const { id } of await store.documents()) await store.removeDocument(id);
      const { config } = parseConfig(JSON.stringify({ id: "ann-lee", name: "Ann Lee" }), "config.json");
      const persona = createPersona(config, await open());
      await expect(persona.query("salt")).rejects.toMatchObject({ code: expect.stringMatching(/not_proc|old|broken/) });
      const facts = { id: "salt", title: "On salt", authors: [] };
      const file = (text: string) => ({ name: "salt.md", bytes: new TextEncoder().encode(text) });
      await ingestSource(store, facts, file("The tax on salt falls on the poor more than on the rich.\n"), undefined);
      await rebuildIndex(store);
      const { citations } = await persona.answer("On whom does the tax on salt fall?");
      expect(citations[0]?.quote).toBe("The tax on salt falls on the poor more than on the rich.");
      const [known] = await store.documents();
      await ingestSource(store, facts, file("The tax on salt was abolished in 1730 by the guild.\n"), known);
      await rebuildIndex(store);
      expect((await persona.answer("When was the tax on salt abolished?")).citations[0]?.quote).toContain("1730");
    });
  });
}
