// The way in to every top script: `node scripts/launch.mjs <program.ts> [arguments]`, under any Node from 20.19 on and
// with nothing installed. Installs what is missing, generates the Prisma client when the schema is newer, and hands
// over to the Node 24 that is among the dependencies. Plain JavaScript, and nothing but Node's own modules.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const root = path.join(import.meta.dirname, "..");
const [program = "", ...rest] = process.argv.slice(2);
const modules = path.join(root, "node_modules");
const node24 = path.join(modules, "node", "bin", "node");

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Avtrz needs Node 20.19 or newer to start (this is ${process.versions.node}).`);
}

const digest = (...files) => {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  return hash.digest("hex");
};
const marked = (name) => {
  const marker = path.join(modules, name);
  return existsSync(marker) ? readFileSync(marker, "utf8") : "";
};
const mark = (name, value) => {
  mkdirSync(modules, { recursive: true });
  writeFileSync(path.join(modules, name), value);
};

const wantedPackages = digest("package-lock.json");
if (marked(".avtrz-installed") !== wantedPackages) {
  console.error("Installing what is missing (about a minute) …");
  const npm = spawnSync("npm", ["install", "--no-save", "--loglevel=error", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) fail("Installing the packages failed; what npm said is above.");
  if (!existsSync(node24))
    fail("The package `node` did not install its program. Are install scripts switched off (ignore-scripts)?");
  mark(".avtrz-installed", wantedPackages);
}

const wantedClient = digest("prisma/schema.prisma", "package-lock.json");
if (marked(".avtrz-prisma") !== wantedClient || !existsSync(path.join(root, "lib/platform/generated/client.ts"))) {
  const prisma = path.join(modules, "prisma", "build", "index.js");
  const generated = spawnSync(node24, [prisma, "generate"], { cwd: root, encoding: "utf8" });
  if (generated.status !== 0) fail(`Generating the database client failed:\n${generated.stdout}${generated.stderr}`);
  mark(".avtrz-prisma", wantedClient);
}

if (major >= 24) {
  // Already there (npm puts node_modules/.bin first): no second process.
  process.argv.splice(1, 2, path.join(root, program));
  await import(pathToFileURL(path.join(root, program)).href);
} else {
  const environment = { ...process.env, PATH: `${path.join(modules, ".bin")}${path.delimiter}${process.env.PATH}` };
  const child = spawn(node24, [...process.execArgv, path.join(root, program), ...rest], {
    stdio: "inherit",
    env: environment,
  });
  // A signal from the terminal reaches the child by itself; one sent to this process alone is passed on.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
    process.on(signal, () => signal !== "SIGINT" && child.kill(signal));
  }
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
