// Makes dist/: the sources of this package and of lib/personas as plain JavaScript, and the data they read.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const here = import.meta.dirname;
const DATA = ["lib/personas/words/word-vectors.bin", "lib/personas/embedding/centres.bin"];

rmSync(path.join(here, "dist"), { recursive: true, force: true });
const typescript = path.dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
const { status } = spawnSync(process.execPath, [path.join(typescript, "bin/tsc"), "-p", here], {
  stdio: ["ignore", 2, 2],
});
if (status !== 0) process.exit(1);
for (const file of DATA) {
  const target = path.join(here, "dist", file);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(path.join(here, "../..", file), target);
}
