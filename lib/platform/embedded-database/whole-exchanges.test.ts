import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase, type Query } from "../db.ts";
import { startEmbeddedDatabase } from "../embedded-database.ts";

test("connections that ask at the same time get their own answers, inside transactions and outside", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-embedded-"));
  const embedded = await startEmbeddedDatabase(directory, "a test");
  const databases = [openDatabase(embedded.url), openDatabase(embedded.url)];
  onTestFinished(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await embedded.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const askOne = (query: Query, text: string) => query<{ text: string }>("select $1::text as text", [text]);
  const askTwo = (query: Query, text: string) =>
    query<{ text: string }>("select $1::text as text, $2::int as more", [text, text.length]);
  const wrong: unknown[] = [];
  const loops = databases.flatMap((database, at) =>
    [askOne, askTwo].flatMap((ask) =>
      [database.query, null].map(async (query, way) => {
        for (let round = 0; round < 40; round++) {
          const text = `${at} ${ask.name} ${way} ${round}`;
          const rows = await (query ? ask(query, text) : database.transaction((own) => ask(own, text)));
          if (rows.length !== 1 || rows[0]?.text !== text) wrong.push({ text, rows });
        }
      }),
    ),
  );

  await Promise.all(loops);
  expect(wrong).toEqual([]);
}, 60_000);
