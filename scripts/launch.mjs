// The way in to every top script: `node scripts/launch.mjs <program.ts> [arguments]`, under any Node from 20.19 on and
// with nothing installed. Installs what is missing, generates the Prisma client when the schema is newer, and hands
// over to the Node 24 that is among the dependencies. Plain JavaScript, and nothing but Node's own modules.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
const wantedClient = digest("prisma/schema.prisma", "package-lock.json");
const installed = () => marked(".avtrz-installed") === wantedPackages;
const generated = () =>
  marked(".avtrz-prisma") === wantedClient && existsSync(path.join(root, "lib/platform/generated/client.ts"));

if (!installed() || !generated()) {
  const release = await takeTurn();
  if (!installed()) await install();
  if (!generated()) await generate();
  release();
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

async function install() {
  console.error("Installing what is missing (about a minute) …");
  const npm = await run("npm", ["install", "--no-save", "--loglevel=error", "--no-audit", "--no-fund"]);
  if (npm.code !== 0) fail(`Installing the packages failed:\n${npm.output}`);
  if (!existsSync(node24))
    fail("The package `node` did not install its program. Are install scripts switched off (ignore-scripts)?");
  mark(".avtrz-installed", wantedPackages);
}

async function generate() {
  const prisma = await run(node24, [path.join(modules, "prisma", "build", "index.js"), "generate"]);
  if (prisma.code !== 0) fail(`Generating the database client failed:\n${prisma.output}`);
  mark(".avtrz-prisma", wantedClient);
}
function run(command, parameters) {
  const child = spawn(command, parameters, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: 1, output: error.message }));
    child.once("close", (code) => resolve({ code, output }));
  });
}

/** Two starts in one checkout must not install over each other: one does it while the others wait. */
async function takeTurn() {
  const turn = path.join(modules, ".avtrz-preparing");
  mkdirSync(modules, { recursive: true });
  for (let told = false; ; ) {
    try {
      mkdirSync(turn);
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const touched = statSync(turn, { throwIfNoEntry: false })?.mtimeMs;
    // Whoever has the turn touches it each second, so an old one is left over from a start that was killed.
    if (touched && Date.now() - touched > 10_000) rmdirSync(turn);
    if (!told) console.error("Waiting for another start in this checkout, which is installing …");
    told = true;
    await sleep(200);
  }
  const touching = setInterval(() => utimesSync(turn, new Date(), new Date()), 1_000).unref();
  const release = () => {
    clearInterval(touching);
    process.off("exit", release);
    rmdirSync(turn);
  };
  process.once("exit", release);
  return release;
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
