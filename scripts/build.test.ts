import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";

/** Builds a checkout of one source file, in a process of its own as a start does. */
function startIn(root: string): Promise<number | null> {
  const program = `import { buildWhenStale } from ${JSON.stringify(path.join(import.meta.dirname, "build.ts"))};
    await buildWhenStale(${JSON.stringify(root)}, ${JSON.stringify(path.join(root, "bundler.mjs"))});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "ignore" });
  return new Promise((resolve) => child.once("exit", resolve));
}

/** A checkout whose bundler only keeps a diary. */
function checkout(bundler: string): { root: string; diary(): string } {
  const root = mkdtempSync(path.join(tmpdir(), "avtrz-build-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of [".next", "app", "node_modules"]) mkdirSync(path.join(root, folder));
  writeFileSync(path.join(root, "app/page.tsx"), "export default () => null;\n");
  writeFileSync(path.join(root, "bundler.mjs"), bundler);
  return { root, diary: () => readFileSync(path.join(root, "diary"), "utf8") };
}

test("of several starts at the same moment one builds, and the others wait for its build", async () => {
  const { root, diary } = checkout(`import { appendFileSync } from "node:fs";
    appendFileSync("diary", "begin ");
    setTimeout(() => { appendFileSync("diary", "end "); process.exit(0); }, 300);`);
  expect(await Promise.all([startIn(root), startIn(root), startIn(root)])).toEqual([0, 0, 0]);
  expect(diary()).toBe("begin end ");
  writeFileSync(path.join(root, "app/page.tsx"), "export default () => 1;\n");
  expect(await startIn(root)).toBe(0);
  expect(diary()).toBe("begin end begin end ");
});

test("a build that failed is no build: the next start builds again", async () => {
  const { root, diary } = checkout(`import { appendFileSync } from "node:fs";
    appendFileSync("diary", "failed ");
    process.exit(1);`);
  expect(await startIn(root)).toBe(1);
  expect(await startIn(root)).toBe(1);
  expect(diary()).toBe("failed failed ");
});
