/**
 * Keeps prisma/schema.prisma and prisma/migrations describing the same database.
 *   node scripts/schema.ts check         exits 1 and prints the difference when they do not
 *   node scripts/schema.ts new NAME      writes the difference as a new migration
 * The migrations are applied to an empty in-memory PostgreSQL, and Prisma's schema engine (as WebAssembly, since the
 * native one would have to be downloaded) compares the outcome with the schema.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { PrismaPGlite } from "pglite-prisma-adapter";
import { readMigrations } from "../lib/platform/migrate.ts";

const ROOT = path.join(import.meta.dirname, "..");
const MIGRATIONS = path.join(ROOT, "prisma/migrations");
const SCHEMA = "prisma/schema.prisma";

// Objects that the schema language cannot say; they live in the migrations alone.
const ONLY_IN_SQL: RegExp[] = [];

const [command, name] = process.argv.slice(2);
const difference = await findDifference();
if (command === "new" && name) await writeMigration(name);
else if (command === "check") check();
else usage();

async function findDifference(): Promise<string> {
  const db = await PGlite.create();
  for (const migration of await readMigrations(MIGRATIONS)) await db.exec(migration.sql);
  const files = [{ path: SCHEMA, content: await readFile(path.join(ROOT, SCHEMA), "utf8") }];
  const { SchemaEngine } = await loadEngine();
  const engine = await SchemaEngine.new(
    { datamodels: files.map((file) => [file.path, file.content]) },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(db) as never),
  );
  const { stdout } = await engine.diff({
    from: { tag: "schemaDatasource", files, configDir: ROOT },
    to: { tag: "schemaDatamodel", files },
    script: true,
    exitCode: true,
    filters: { externalTables: [], externalEnums: [] },
  });
  await db.close();
  const statements = String(stdout ?? "").split(/\n(?=--)/);
  return statements
    .filter((statement) => !/empty migration/.test(statement) && !ONLY_IN_SQL.some((known) => known.test(statement)))
    .join("\n")
    .trim();
}

// The package's own entry imports the .wasm as a module, which Node does not do.
async function loadEngine() {
  const directory = path.dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm"));
  const engine = await import(path.join(directory, "schema_engine_bg.js"));
  const bytes = await readFile(path.join(directory, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": engine });
  engine.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
  return engine;
}

function check(): void {
  if (!difference) {
    console.log("schema.prisma and the migrations describe the same database.");
    return;
  }
  console.error(`schema.prisma and the migrations differ. Missing from the migrations:\n\n${difference}`);
  console.error("\nWrite it with: npm run migration -- NAME");
  process.exitCode = 1;
}

async function writeMigration(title: string): Promise<void> {
  if (!difference) {
    console.log("Nothing to migrate.");
    return;
  }
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const directory = path.join(MIGRATIONS, `${stamp}_${title.replace(/\W+/g, "_")}`);
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, "migration.sql"), `${difference}\n`);
  console.log(`Wrote ${path.relative(ROOT, directory)}/migration.sql; read it before you commit it.`);
}

function usage(): void {
  console.error("usage: node scripts/schema.ts check | new NAME");
  process.exitCode = 2;
}
