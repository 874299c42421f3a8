import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import type { CsvField } from "../../lib/profiles/index.ts";
import { createDatabase } from "../support/backend.ts";
import type { TestDatabase } from "../support/database-server.ts";
import { person } from "../support/person.ts";
import { newUsername, steppedClock, testServices, workspace } from "../support/services.ts";

// Workers take whatever import waits, those of other tests too, whose files lie elsewhere.
let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(inject("backend"));
});
afterAll(() => database?.remove());

async function setUp(overrides: Parameters<typeof testServices>[1] = {}) {
  const services = await testServices({ databaseUrl: database.url }, overrides);
  const { id } = await workspace(services);
  const { id: elsewhere } = await workspace(services);
  const [admin, member, stranger] = [
    await person(services, { [id]: "admin" }),
    await person(services, { [id]: "member" }),
    await person(services, { [elsewhere]: "owner" }),
  ];
  const upload = async (name: string, bytes: string | Uint8Array, viewer = admin, to = id) => {
    const directory = await mkdtemp(path.join(tmpdir(), "avtrz-upload-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const file = path.join(directory, "file");
    await writeFile(file, bytes);
    return (await services.imports.start(viewer, to, { path: file, name, bytes: Buffer.byteLength(bytes) })).id;
  };
  const preview = (import_: string) => services.imports.mapping.preview(member, id, import_);
  return { services, mapping: services.imports.mapping, id, elsewhere, admin, member, stranger, upload, preview };
}

const fieldsOf = (preview: { columns: { field: CsvField | null }[] } | null) =>
  preview?.columns.map(({ field }) => field);

test("a HubSpot export is guessed, shown with its first rows, corrected, imported, and remembered for the next", async () => {
  const { services, mapping, id, admin, member, upload, preview } = await setUp();
  const [ada, max] = [newUsername("ada"), newUsername("max")];
  const csv = [
    "Datensatz-ID;Vorname;Nachname;Jobtitel;Name des Unternehmens;Rang;LinkedIn-URL",
    `1;Ada;Brook;Ingenieurin;Hafen & Söhne;Chefin;https://www.linkedin.com/in/${ada}`,
    "",
    "2;Sal;Nav;;;;https://www.linkedin.com/sales/lead/ACwAAAx,NAME_SEARCH",
    `3;Max;Muster;"Leiter; Netze";;;linkedin.com/in/${max}`,
  ].join("\r\n");
  const started = await upload("kontakte.csv", Buffer.from(csv, "latin1"));
  await services.imports.worker.runAll();
  expect(await services.imports.get(member, id, started)).toMatchObject({
    kind: "hubspot_csv",
    status: "mapping",
    done: 0,
  });

  const shown = await preview(started);
  expect(shown).toMatchObject({
    encoding: "windows-1252",
    encodingChosen: false,
    delimiter: ";",
    complete: true,
    lookedAt: 3,
    taken: 2,
    privateAddresses: 1,
    rows: [
      { where: "row 2", taken: true, value: ada, detail: "Ada Brook: Ingenieurin, Hafen & Söhne" },
      { where: "row 4, column LinkedIn-URL", taken: false, detail: expect.stringContaining("Sales Navigator") },
      { where: "row 5", taken: true, value: max, detail: "Max Muster: Leiter; Netze" },
    ],
  });
  expect(fieldsOf(shown)).toEqual([null, "firstName", "lastName", "position", "company", null, "url"]);
  expect(shown?.columns[3]).toEqual({ name: "Jobtitel", field: "position", samples: ["Ingenieurin", "Leiter; Netze"] });

  const corrected: (CsvField | null)[] = [null, "firstName", "lastName", "headline", "company", "position", "url"];
  await mapping.set(admin, id, started, { fields: corrected });
  expect((await preview(started))?.rows[0]?.detail).toBe("Ada Brook: Ingenieurin, Chefin, Hafen & Söhne");
  await mapping.begin(admin, id, started, { fields: corrected });
  await services.imports.worker.runAll();
  expect(await services.imports.get(member, id, started)).toMatchObject({
    status: "done",
    added: 2,
    refused: 1,
    total: 3,
  });
  expect(await services.people.find(id, ada)).toMatchObject({
    source: "hubspot_csv",
    headline: "Ingenieurin",
    position: "Chefin",
    company: "Hafen & Söhne",
  });
  expect((await services.imports.report(member, id, started, { outcome: "refused" })).items).toMatchObject([
    { where: "row 4, column LinkedIn-URL", problem: expect.stringContaining("is a Sales Navigator") },
  ]);

  // Columns in another order, one of them new: what was said holds by name.
  const next = await upload("next.csv", "Rang;Jobtitel;Stadt;LinkedIn-URL\nx;y;z;linkedin.com/in/someone-else\n");
  expect(fieldsOf(await preview(next))).toEqual(["position", "headline", "city", "url"]);
});

test("what was said in one workspace is not known in another", async () => {
  const { services, mapping, id, elsewhere, admin, stranger, upload } = await setUp();
  const csv = `Who,Where to\nAda,linkedin.com/in/${newUsername()}\n`;
  const first = await upload("a.csv", csv);
  await mapping.begin(admin, id, first, { fields: ["firstName", "url"] });
  const theirs = await upload("a.csv", csv, stranger, elsewhere);
  expect(fieldsOf(await mapping.preview(stranger, elsewhere, theirs))).toEqual([null, "url"]);
  expect([...(await mapping.remembered(elsewhere))]).toEqual([]);
  expect(await mapping.preview(stranger, elsewhere, first)).toBeNull();
  await expect(mapping.begin(stranger, elsewhere, first, { fields: ["firstName", "url"] })).rejects.toMatchObject({
    code: "import_not_open",
  });
  await expect(mapping.set(stranger, id, first, { fields: [] })).rejects.toMatchObject({
    code: "organization_not_found",
  });
  expect((await services.imports.get(admin, id, first))?.status).toBe("waiting");
});

test("without a column that says who a row is nothing begins; a member begins nothing; it begins once", async () => {
  const { services, mapping, id, admin, member, upload, preview } = await setUp();
  const started = await upload("phones.csv", "Name,Phone\nJane,1\n");
  expect(await preview(started)).toMatchObject({ complete: false, rows: [], lookedAt: 0 });
  const begin = (fields: (CsvField | null)[], viewer = admin) => mapping.begin(viewer, id, started, { fields });
  await expect(begin(["fullName", null])).rejects.toMatchObject({ code: "import_columns_unknown" });
  await expect(begin(["username", null], member)).rejects.toMatchObject({ code: "role_too_low" });
  const both = await Promise.allSettled([begin(["username", null]), begin(["username", null])]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await services.imports.worker.runAll();
  expect(await services.imports.get(member, id, started)).toMatchObject({ status: "done", added: 1 });
  await expect(mapping.discard(admin, id, started)).rejects.toMatchObject({ code: "import_not_open" });
});

test("another encoding is chosen where the wrong one was recognised, and holds for the import", async () => {
  const { services, mapping, id, admin, upload, preview } = await setUp();
  const username = newUsername("lodz");
  // "Łódź" in windows-1250; as windows-1252 it reads "£ódŸ".
  const bytes = Buffer.concat([
    Buffer.from("City,LinkedIn URL\n"),
    Buffer.from([0xa3, 0xf3, 0x64, 0x9f]),
    Buffer.from(`,linkedin.com/in/${username}\n`),
  ]);
  const started = await upload("polska.csv", bytes);
  expect((await preview(started))?.columns[0]?.samples).toEqual(["£ódŸ"]);
  const chosen = { fields: ["location", "url"] as const, encoding: "windows-1250" as const };
  await mapping.set(admin, id, started, chosen);
  expect(await preview(started)).toMatchObject({ encodingChosen: true, columns: [{ samples: ["Łódź"] }, {}] });
  await mapping.begin(admin, id, started, chosen);
  await services.imports.worker.runAll();
  expect(await services.people.find(id, username)).toMatchObject({ location: "Łódź" });
});

test("what is discarded, or left lying for a day, is gone with its file", async () => {
  const clock = steppedClock();
  const { services, mapping, id, admin, upload } = await setUp({ clock });
  const files = () => readdir(path.join(services.config.dataDirectory, "imports"));
  const csv = "username,city\njanedoe-x,Berlin\n";
  const [discarded, left] = [await upload("a.csv", csv), await upload("b.csv", csv)];
  await mapping.discard(admin, id, discarded);
  expect(await services.imports.get(admin, id, discarded)).toBeNull();
  await services.imports.removeOld();
  expect(await files()).toEqual([left]);
  clock.advance(25 * 3_600_000);
  await services.imports.removeOld();
  expect([await services.imports.get(admin, id, left), await files()]).toEqual([null, []]);
});
