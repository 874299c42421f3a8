import { open } from "node:fs/promises";
import { expect, test } from "vitest";
import type { ImportReport } from "../../lib/avatars/index.ts";
import { buildZip, temporaryFolder, writeTree } from "../../lib/profiles/import-files/fixtures.ts";
import type { ListedPerson } from "../../lib/profiles/index.ts";
import { ask, refused, runTool } from "../support/command-line.ts";
import { drawPhoto } from "../support/photos.ts";
import { getAvatar, newUsername, testServices, workspace } from "../support/services.ts";

const HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On";
const files = temporaryFolder();

async function setUp() {
  const services = await testServices();
  const { config } = services;
  const { id: org, key } = await workspace(services);
  return {
    services,
    config,
    org,
    key,
    importFile: (file: string) => ask<ImportReport>(config, "people", "import", file, "--org", org),
    refuse: (file: string) => refused(config, "people", "import", file, "--org", org),
    known: async () => (await ask<{ people: ListedPerson[] }>(config, "people", "list", "--org", org)).people,
  };
}

const row = (username: string) => `Jane,Doe,https://www.linkedin.com/in/${username},,Acme,Boss,12 Mar 2024`;

test("a CSV, then a folder of photos, of the same person complete each other; the same again changes nothing", async () => {
  const { services, config, org, key, importFile, known } = await setUp();
  const username = newUsername("jane");
  const csv = files.write("Connections.csv", `${HEADER}\n${row(username)}\nNo,Address,,,,,\n`);
  const report = await importFile(csv);
  expect(report).toMatchObject({ added: 1, updated: 0, source: "connections_csv" });
  expect(report.refused).toEqual([expect.objectContaining({ where: "row 3, column URL" })]);
  await writeTree(files.path("photos"), { [`${username}.jpg`]: await drawPhoto() });
  expect(await importFile(files.path("photos"))).toMatchObject({ added: 0, updated: 1, photos: 1 });
  const once = await known();
  expect(once).toEqual([expect.objectContaining({ username, firstName: "Jane", photoSha256: expect.any(String) })]);
  await importFile(csv);
  expect((await known()).map(({ importedAt: _, source: __, ...person }) => person)).toEqual(
    once.map(({ importedAt: _, source: __, ...person }) => person),
  );
  const shown = await ask(config, "people", "show", `https://www.linkedin.com/in/${username}`, "--org", org);
  expect(shown).toMatchObject({ username, suppressed: false, imported: { company: "Acme" } });
  expect((await getAvatar(services, { key, username })).status).toBe(302);
});

test("a zip of photos and a vCard are taken, a text that is named like a photo is refused by name", async () => {
  const { importFile, known } = await setUp();
  const [inZip, text, onCard] = [newUsername("zip"), newUsername("text"), newUsername("card")];
  const zip = buildZip([
    { name: `${inZip}.png`, data: await drawPhoto({ format: "png" }) },
    { name: `${text}.jpg`, data: Buffer.from("not a picture") },
  ]);
  const report = await importFile(files.write("photos.zip", zip));
  expect(report).toMatchObject({ added: 1, photos: 1 });
  expect(report.refused).toEqual([expect.objectContaining({ where: expect.stringContaining(`${text}.jpg`) })]);
  const card = `BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Max\r\nFN:Max Doe\r\nURL:https://www.linkedin.com/in/${onCard}\r\nEND:VCARD\r\n`;
  expect(await importFile(files.write("max.vcf", card))).toMatchObject({ added: 1 });
  expect((await known()).map(({ username }) => username)).toEqual([onCard, inZip].sort());
});

test("a broken CSV, a zip bomb and a CSV of 300 MB are refused by name, and nothing of them is taken", async () => {
  const { refuse, known } = await setUp();
  const broken = files.write("broken.csv", `${HEADER}\n${row(newUsername())}\nMax,"Muster,linkedin.com/in/max,,,,\n`);
  expect(await refuse(broken)).toMatchObject({
    exit: 1,
    code: "file_broken",
    message: expect.stringMatching(/broken\.csv is broken at row 3, column Last Name: a quote opens here/),
  });
  const bomb = files.write("bomb.zip", buildZip([{ name: "jane.jpg", data: Buffer.alloc(200 * 1024 * 1024) }]));
  expect(await refuse(bomb)).toMatchObject({ exit: 1, message: expect.stringContaining("bomb.zip") });
  const huge = await open(files.path("huge.csv"), "w");
  await huge.write(`${HEADER}\n${row(newUsername())}\n`.repeat(20));
  await huge.truncate(300 * 1024 * 1024);
  await huge.close();
  expect(await refuse(files.path("huge.csv"))).toMatchObject({
    exit: 1,
    code: "file_too_large",
    message: expect.stringMatching(/huge\.csv is 300 MB; the limit is 256 MB/),
  });
  expect(await known()).toEqual([]);
});

test("a list is read on behind its last person", async () => {
  const { config, org, importFile } = await setUp();
  const usernames = Array.from({ length: 5 }, () => newUsername("page")).sort();
  await importFile(files.write("page.csv", ["URL", ...usernames.map((name) => `linkedin.com/in/${name}`)].join("\n")));
  const page = async (...more: string[]) => {
    const { people } = await ask<{ people: ListedPerson[] }>(
      config,
      "people",
      "list",
      "--org",
      org,
      "--limit",
      "3",
      ...more,
    );
    return people.map(({ username }) => username);
  };
  expect(await page()).toEqual(usernames.slice(0, 3));
  expect(await page("--after", usernames[2] ?? "")).toEqual(usernames.slice(3));
});

test("an import that took nobody ends with code 1 and says why", async () => {
  const { config, org } = await setUp();
  const file = files.write("nobody.csv", `${HEADER}\nNo,Address,,,,,\n`);
  const { code, stdout } = await runTool(config, "people", "import", file, "--org", org);
  expect([code, stdout]).toEqual([1, expect.stringContaining("row 2, column URL")]);
});

test("--map says what a CSV's columns hold; what is not understood is told with the columns there are", async () => {
  const { config, org, known } = await setUp();
  const username = newUsername("mapped");
  const file = files.write(
    "crm.csv",
    `Kontakt;Social;Rolle\nJane Doe;linkedin.com/in/${username};Boss\n;;\nX;acme.example;\n`,
  );
  const import_ = (...more: string[]) => ["people", "import", file, "--org", org, ...more];
  expect(await ask<ImportReport>(config, ...import_("--map", "Rolle=position", "kontakt=fullName"))).toMatchObject({
    source: "csv",
    added: 1,
    refused: [{ where: "row 4, column Social", problem: "is not on linkedin.com" }],
  });
  expect(await known()).toMatchObject([{ username, firstName: "Jane", lastName: "Doe", position: "Boss" }]);
  expect(await refused(config, ...import_("--map", "Social="))).toMatchObject({
    code: "import_columns_unknown",
    message: expect.stringContaining("Kontakt, Social, Rolle"),
  });
  expect(await refused(config, ...import_("--map", "Role=position"))).toMatchObject({
    code: "usage",
    message: expect.stringContaining("There is no column Role; there are: Kontakt, Social, Rolle."),
  });
  expect(await refused(config, ...import_("--map", "Rolle=job"))).toMatchObject({
    code: "usage",
    message: expect.stringContaining("--map takes COLUMN=FIELD"),
  });
});

test("a fact and a photo are corrected for one workspace, and taken back", async () => {
  const { services, config, org, key } = await setUp();
  const username = newUsername("corrected");
  const correct = (...more: string[]) => ["people", "correct", username, "--org", org, ...more];
  const photo = files.write("portrait.png", await drawPhoto({ format: "png" }));
  expect(
    await ask(config, ...correct("--set", "headline=Head of R=D", "firstName=Jane", "--photo", photo)),
  ).toMatchObject({
    corrections: [
      { name: "firstName", value: "Jane" },
      { name: "headline", value: "Head of R=D" },
    ],
    photo: true,
  });
  expect((await getAvatar(services, { key, username })).status).toBe(302);
  const shown = await ask(config, "people", "show", username, "--org", org);
  expect(shown).toMatchObject({ profile: { first_name: "Jane", headline: "Head of R=D" } });
  expect(await ask(config, ...correct("--set", "headline=", "firstName=", "--no-photo"))).toMatchObject({
    corrections: [],
    photo: false,
  });
  expect(await refused(config, ...correct("--set", "shoeSize=42"))).toMatchObject({ code: "usage" });
  expect(await refused(config, ...correct("--photo", files.path("none.png")))).toMatchObject({
    code: "file_unreadable",
  });
  expect(await refused(config, ...correct("--photo", files.write("text.png", "hello")))).toMatchObject({
    code: "photo_unusable",
  });
});
