import { type ChildProcess, fork } from "node:child_process";
import { copyFile, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { createDiskStorage } from "../../lib/platform/storage.ts";
import { buildZip } from "../../lib/profiles/import-files/fixtures.ts";
import type { Services } from "../../lib/services.ts";
import { person } from "../support/person.ts";
import { drawPhoto } from "../support/photos.ts";
import { newUsername, testConfig, testServices, workspace } from "../support/services.ts";

async function setUp(overrides: Parameters<typeof testServices>[1] = {}) {
  const services = await testServices({}, { imports: { leaseSeconds: 1, batchMs: 100 }, ...overrides });
  const { id } = await workspace(services);
  const [admin, member, stranger] = [
    await person(services, { [id]: "admin" }),
    await person(services, { [id]: "member" }),
    await person(services, { [(await workspace(services)).id]: "owner" }),
  ];
  return { services, id, admin, member, stranger };
}

/** A file as an upload leaves it. */
async function uploaded(name: string, bytes: string | Uint8Array) {
  const directory = await mkdtemp(path.join(tmpdir(), "avtrz-upload-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const file = path.join(directory, "file");
  await writeFile(file, bytes);
  return { path: file, name, bytes: Buffer.byteLength(bytes) };
}

const HEADER = "First Name,Last Name,URL,Company,Connected On";
const csvOf = (usernames: string[]) =>
  [HEADER, ...usernames.map((one) => `Jane,Doe,https://www.linkedin.com/in/${one},Acme,`)].join("\n");
const usernames = (count: number) => Array.from({ length: count }, () => newUsername("imp"));

async function wholeReport(services: Services, viewer: { userId: string }, organizationId: string, id: string) {
  const rows = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const page = await services.imports.report(viewer, organizationId, id, { cursor, limit: 400 });
    rows.push(...page.items);
    cursor = page.next ?? undefined;
    more = page.next !== null;
  }
  return rows;
}

function startWorker(services: Services): ChildProcess {
  const { secret } = testConfig();
  const child = fork(path.join(import.meta.dirname, "../support/worker-process.ts"), ["imports"], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: {
      NODE_ENV: "production",
      AVTRZ_DATA_DIR: services.config.dataDirectory,
      AVTRZ_SECRET: secret,
      LOG_LEVEL: "silent",
      DATABASE_URL: inject("databaseUrl"),
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("an import is waiting, runs, and is done, with a report of every entry", async () => {
  const { services, id, admin, member } = await setUp();
  const [first, second] = usernames(2);
  const csv = `${csvOf([first ?? "", second ?? ""])}\nNo,Address,,\nJane,Again,linkedin.com/in/${first},Beta\n`;
  const started = await services.imports.start(admin, id, await uploaded("Connections.csv", csv));
  expect(await services.imports.get(member, id, started.id)).toMatchObject({
    fileName: "Connections.csv",
    kind: "connections_csv",
    status: "waiting",
    done: 0,
    total: null,
    startedBy: { userId: admin.userId, email: admin.email },
  });
  await services.imports.worker.runAll();
  expect(await services.imports.get(member, id, started.id)).toMatchObject({
    status: "done",
    done: 4,
    total: 4,
    added: 2,
    refused: 1,
    merged: 1,
    problem: null,
    finishedAt: expect.any(String),
  });
  const report = await wholeReport(services, member, id, started.id);
  expect(report.map(({ outcome, where, value }) => [outcome, where, value]).sort()).toEqual(
    [
      ["added", "row 2", first],
      ["added", "row 3", second],
      ["merged", "row 5", first],
      ["refused", "row 4, column URL", ""],
    ].sort(),
  );
  expect((await services.imports.report(member, id, started.id, { outcome: "refused" })).items).toMatchObject([
    { problem: expect.stringContaining("is empty") },
  ]);
  expect((await services.profiles.people.list(member, id, { search: "beta" })).items).toHaveLength(1);
  expect((await services.audit.list(member, id, { action: "people.import" })).items).toMatchObject([
    { actorEmail: admin.email, detail: { file: "Connections.csv", added: 2, refused: 1 } },
  ]);
  // The file was of use for the import alone.
  expect(await readdir(path.join(services.config.dataDirectory, "imports"))).toEqual([]);
});

test("H-JOB-114: the same file twice changes nothing", async () => {
  const { services, id, admin, member } = await setUp();
  const csv = csvOf(usernames(30));
  const photos = buildZip([{ name: `${usernames(1)[0]}.jpg`, data: await drawPhoto() }]);
  const import_ = async (name: string, bytes: string | Uint8Array) => {
    const { id: started } = await services.imports.start(admin, id, await uploaded(name, bytes));
    await services.imports.worker.runAll();
    return services.imports.get(member, id, started);
  };
  expect(await import_("c.csv", csv)).toMatchObject({ added: 30, unchanged: 0 });
  expect(await import_("p.zip", photos)).toMatchObject({ kind: "photo_zip", added: 1, photos: 1 });
  const rows = () =>
    services.db.query("select * from imported_person where organization_id = $1 order by username", [id]);
  const before = await rows();
  expect(await import_("c.csv", csv)).toMatchObject({ added: 0, updated: 0, unchanged: 30, status: "done" });
  expect(await import_("p.zip", photos)).toMatchObject({ added: 0, updated: 0, unchanged: 1, status: "done" });
  expect(await rows()).toEqual(before);
  const listed = await services.imports.list(member, id, { limit: 3 });
  expect([listed.items.length, typeof listed.next]).toEqual([3, "string"]);
});

test("H-JOB-114: an import whose worker is killed goes on where it was, and every entry is told once", async () => {
  const { services, id, admin, member } = await setUp();
  const people = usernames(40);
  const photo = await drawPhoto({ width: 900, height: 900 });
  const zip = buildZip(
    people.map((name) => ({ name: `${name}.jpg`, data: Buffer.concat([photo, Buffer.from(name)]) })),
  );
  const { id: started } = await services.imports.start(admin, id, await uploaded("photos.zip", zip));
  const state = async () => services.imports.get(member, id, started);

  const first = startWorker(services);
  await expect.poll(async () => (await state())?.done, { timeout: 30_000, interval: 20 }).toBeGreaterThan(0);
  first.kill("SIGKILL");
  const broken = await state();
  expect(broken?.status).toBe("running");
  expect(broken?.done).toBeLessThan(40);

  startWorker(services);
  await expect.poll(async () => (await state())?.status, { timeout: 40_000, interval: 50 }).toBe("done");
  expect(await state()).toMatchObject({ done: 40, total: 40, added: 40, photos: 40, refused: 0 });
  const report = await wholeReport(services, member, id, started);
  expect(report.map(({ value }) => value).sort()).toEqual([...people].sort());
});

test("H-JOB-114: a CSV whose worker is killed twice in the middle loses no row, and takes none twice", async () => {
  const { services, id, admin, member } = await setUp();
  const ROWS = 12_000;
  const prefix = newUsername("row");
  // Every tenth row names the person of the first rows again, far behind the batch that told of them.
  const rows = Array.from({ length: ROWS }, (_, at) => {
    const who = at % 10 === 9 ? at % 1_000 : at;
    const address = at % 100 === 50 ? "https://acme.example" : `https://www.linkedin.com/in/${prefix}-${who}`;
    return `Jane,No ${at},${address},Acme ${at},`;
  });
  const { id: started } = await services.imports.start(
    admin,
    id,
    await uploaded("c.csv", [HEADER, ...rows].join("\n")),
  );
  const state = async () => services.imports.get(member, id, started);
  let through = 0;
  for (let kill = 0; kill < 2; kill++) {
    const worker = startWorker(services);
    await expect.poll(async () => (await state())?.done, { timeout: 30_000, interval: 10 }).toBeGreaterThan(through);
    worker.kill("SIGKILL");
    through = (await state())?.done ?? 0;
    expect(through).toBeLessThan(ROWS);
  }
  startWorker(services);
  await expect.poll(async () => (await state())?.status, { timeout: 50_000, interval: 50 }).toBe("done");

  const people = new Set(rows.map((row) => row.split(",")[2]).filter((address) => address?.includes("linkedin")));
  const refused = ROWS / 100;
  const merged = ROWS - refused - people.size;
  expect(await state()).toMatchObject({
    done: ROWS,
    total: ROWS,
    added: people.size,
    updated: 0,
    unchanged: 0,
    refused,
    merged,
  });
  const [kept] = await services.db.query(
    `select (select count(*)::int from imported_person where organization_id = $1) as people,
       (select count(*)::int from import_row where import_id = $2) as told,
       (select count(distinct place)::int from import_row where import_id = $2) as places`,
    [id, started],
  );
  expect(kept).toEqual({ people: people.size, told: ROWS, places: ROWS });
  // The last word on a person stands, whoever read it.
  expect(await services.people.find(id, `${prefix}-9`)).toMatchObject({ company: `Acme ${ROWS - 991}` });
});

test("H-JOB-114: two workers share what waits, and do nothing twice", async () => {
  const { services, id, admin, member } = await setUp();
  const other = await testServices({ dataDirectory: services.config.dataDirectory }, { imports: { leaseSeconds: 1 } });
  const started = await Promise.all(
    Array.from({ length: 12 }, async () =>
      services.imports.start(admin, id, await uploaded("c.csv", csvOf(usernames(20)))),
    ),
  );
  await Promise.all([services.imports.worker.runAll(), other.imports.worker.runAll()]);
  for (const one of started) {
    expect(await services.imports.get(member, id, one.id)).toMatchObject({ status: "done", added: 20 });
    expect(await wholeReport(services, member, id, one.id)).toHaveLength(20);
  }
});

test("H-JOB-114: a hundred files of one workspace do not keep another's waiting", async () => {
  const { services, id, admin } = await setUp();
  const { id: small } = await workspace(services);
  const owner = await person(services, { [small]: "owner" });
  for (let i = 0; i < 8; i++) await services.imports.start(admin, id, await uploaded("c.csv", csvOf(usernames(1))));
  await services.imports.start(owner, small, await uploaded("c.csv", csvOf(usernames(1))));
  await services.imports.worker.runAll();
  const finished = await services.db.query<{ organization: string }>(
    "select organization_id as organization from import where organization_id = any($1) order by finished_at, id",
    [[id, small]],
  );
  expect(finished.findIndex(({ organization }) => organization === small)).toBeLessThan(3);
});

test("H-JOB-114: an import that fails without a reason is given up after three attempts, and says so", async () => {
  const { services, id, admin, member } = await setUp();
  const poison = await testServices(
    { dataDirectory: services.config.dataDirectory },
    {
      storage: {
        ...createDiskStorage(services.config.dataDirectory),
        put: () => Promise.reject(new TypeError("poison")),
      },
    },
  );
  const zip = buildZip([{ name: `${usernames(1)[0]}.jpg`, data: await drawPhoto() }]);
  const { id: started } = await services.imports.start(admin, id, await uploaded("photos.zip", zip));
  for (let attempt = 0; attempt < 4; attempt++) {
    await poison.imports.worker.runAll();
    await services.db.query("update import set leased_until = now() - interval '1 second' where id = $1", [started]);
  }
  expect(await services.imports.get(member, id, started)).toMatchObject({
    status: "failed",
    problem: { code: "import_given_up", sentence: expect.stringContaining("photos.zip") },
  });
});

test("a file that is wrong as a whole is refused at once, or when it is read, by the name its owner knows", async () => {
  const { services, id, admin, member } = await setUp();
  const refused = services.imports.start(admin, id, await uploaded("holiday.pdf", "%PDF-1.7 …"));
  await expect(refused).rejects.toMatchObject({
    code: "file_not_recognized",
    message: expect.stringContaining("holiday.pdf"),
  });
  const broken = `${HEADER}\nMax,"Muster,linkedin.com/in/max,,\n`;
  const { id: started } = await services.imports.start(admin, id, await uploaded("broken.csv", broken));
  await services.imports.worker.runAll();
  expect(await services.imports.get(member, id, started)).toMatchObject({
    status: "failed",
    problem: { code: "file_broken", sentence: expect.stringMatching(/^broken\.csv is broken at row 2/) },
  });
  const { id: gone } = await services.imports.start(admin, id, await uploaded("c.csv", csvOf(usernames(1))));
  await copyFile("/dev/null", path.join(services.config.dataDirectory, "imports", "imp_0"));
  await services.db.query("update import set id = 'imp_gone' || id where id = $1", [gone]);
  await services.imports.worker.runAll();
  expect(await services.imports.get(member, id, `imp_gone${gone}`)).toMatchObject({
    status: "failed",
    problem: { code: "import_file_gone" },
  });
  await services.imports.removeOld();
  expect(await readdir(path.join(services.config.dataDirectory, "imports"))).toEqual([gone]);
});

test("members read imports and start none; whoever does not belong to the workspace sees nothing of them", async () => {
  const { services, id, admin, member, stranger } = await setUp();
  const file = () => uploaded("c.csv", csvOf(usernames(1)));
  const { id: started } = await services.imports.start(admin, id, await file());
  await expect(services.imports.start(member, id, await file())).rejects.toMatchObject({ code: "role_too_low" });
  const refusal = { code: "organization_not_found" };
  await expect(services.imports.start(stranger, id, await file())).rejects.toMatchObject(refusal);
  await expect(services.imports.get(stranger, id, started)).rejects.toMatchObject(refusal);
  await expect(services.imports.list(stranger, id)).rejects.toMatchObject(refusal);
  await expect(services.imports.report(stranger, id, started)).rejects.toMatchObject(refusal);
  const [own] = await services.organizations.ofUser(stranger.userId);
  expect(await services.imports.get(stranger, own?.id ?? "", started)).toBeNull();
  await services.imports.worker.runAll();
  expect((await services.imports.report(stranger, own?.id ?? "", started)).items).toEqual([]);
});

test("H-JOB-115: a crash between file and row leaves nothing that runs, and nothing that stays", async () => {
  const { services, id, admin, member } = await setUp();
  const directory = path.join(services.config.dataDirectory, "imports");
  // The file was kept, and its row never written.
  const broken = services.imports.start(admin, "org_that_goes_away", await uploaded("c.csv", csvOf(usernames(1))));
  await expect(broken).rejects.toMatchObject({ code: "organization_not_found" });
  const { id: gone } = await services.imports.start(admin, id, await uploaded("c.csv", csvOf(usernames(1))));
  await services.db.query("delete from import where id = $1", [gone]);
  await services.imports.worker.runAll();
  expect(await readdir(directory)).toEqual([gone]);
  await rename(path.join(directory, gone), path.join(directory, "imp_00000000000000000000000000"));
  await services.imports.removeOld();
  expect(await readdir(directory)).toEqual([]);
  // The row was written, and its file is gone.
  const { id: fileless } = await services.imports.start(admin, id, await uploaded("d.csv", csvOf(usernames(1))));
  await rm(path.join(directory, fileless));
  await services.imports.worker.runAll();
  expect(await services.imports.get(member, id, fileless)).toMatchObject({
    status: "failed",
    added: 0,
    problem: { code: "import_file_gone" },
  });
});

test("H-JOB-120: with a workspace go its imports, their files' reports, and what it said of columns", async () => {
  const { services, id } = await setUp();
  const owner = await person(services, { [id]: "owner" });
  const { id: open } = await services.imports.start(
    owner,
    id,
    await uploaded("a.csv", "Who,Where\nx,linkedin.com/in/x-x\n"),
  );
  await services.imports.mapping.begin(owner, id, open, { fields: ["fullName", "url"] });
  await services.imports.worker.runAll();
  const { id: waiting } = await services.imports.start(owner, id, await uploaded("b.csv", "Who,Where\nx,y\n"));
  const left = () =>
    services.db.query<{ n: number }>(
      `select (select count(*) from import where organization_id = $1)::int + (select count(*) from import_column where organization_id = $1)::int
        + (select count(*) from import_row where import_id = $2)::int + (select count(*) from imported_person where organization_id = $1)::int as n`,
      [id, open],
    );
  expect((await left())[0]?.n).toBe(6);
  await services.workspaces.delete(owner, id, "Test");
  expect((await left())[0]?.n).toBe(0);
  await services.imports.removeOld();
  expect(await readdir(path.join(services.config.dataDirectory, "imports"))).toEqual([waiting]);
});
