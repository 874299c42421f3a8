/**
 * Writes what is made from the code: .env.example and the README's table from the configuration schema, docs/errors.md
 * from the error catalogue. With --check nothing is written, and the exit code is 1 when something is out of date.
 */
import { readFile, writeFile } from "node:fs/promises";
import { STATUS_CODES } from "node:http";
import path from "node:path";
import { SETTINGS } from "../lib/platform/config.ts";
import { CATALOG } from "../lib/platform/errors.ts";

const ROOT = path.join(import.meta.dirname, "..");
const TABLE = /(<!-- configuration -->\n)[\s\S]*?(<!-- \/configuration -->)/;

const ERRORS_HEAD = `# Errors

> Every failure has a stable code; each is explained here, with what to do about it.

The code is in the problem document (RFC 9457) that an error comes as, and in the header \`X-Error-Code\`: a request that prefers
pictures gets a picture, with the same status. The operator's tool prints codes too, and ends with exit code 1 or 2.
`;

const readme = await readFile(path.join(ROOT, "README.md"), "utf8");
const FILES: Record<string, string> = {
  ".env.example": environmentExample(),
  "docs/errors.md": errorsPage(),
  "README.md": readme.replace(TABLE, (_, start: string, end: string) => start + configurationTable() + end),
};

const check = process.argv.includes("--check");
for (const [name, content] of Object.entries(FILES)) {
  const file = path.join(ROOT, name);
  if ((await readFile(file, "utf8").catch(() => "")) === content) continue;
  if (check) {
    console.error(`${name} is out of date; run: npm run generate`);
    process.exitCode = 1;
  } else {
    await writeFile(file, content);
    console.log(`wrote ${name}`);
  }
}

function environmentExample(): string {
  const lines = [
    "# Every setting of Avtrz; all are optional. Copy this to .env and change what you need.",
    "# Made from lib/platform/config.ts.",
  ];
  let group = "";
  for (const [name, setting] of Object.entries(SETTINGS)) {
    if (setting.group !== group) lines.push("", `# — ${setting.group} —`);
    group = setting.group;
    lines.push(`# ${setting.about}`, `# ${name}=${setting.example}`);
  }
  return `${lines.join("\n")}\n`;
}

function configurationTable(): string {
  const rows = Object.entries(SETTINGS).map(([name, { about }]) => `| \`${name}\` | ${about} |`);
  return `| setting | what it does |\n|---|---|\n${rows.join("\n")}\n`;
}

function errorsPage(): string {
  const statuses = Map.groupBy(Object.entries(CATALOG), ([, { status }]) => status);
  const sections = [...statuses]
    .sort(([one], [other]) => one - other)
    .map(([status, entries]) => {
      const codes = entries.map(([code, { sentence, cure }]) => `### ${code}\n\n${named(sentence)}\n\n${cure}\n`);
      return `## ${status} ${STATUS_CODES[status]}\n\n${codes.join("\n")}`;
    });
  return `${ERRORS_HEAD}\n${sections.join("\n")}`;
}

/** A sentence with the names of what is filled in. */
function named(sentence: string): string {
  return sentence.replace(/\s+/g, " ").replace(/\{(\w+)\}/g, "*$1*");
}
