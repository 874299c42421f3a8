import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PersonaSummary, Source } from "../../lib/corpora/index.ts";
import { ask, refused, runTool } from "../support/command-line.ts";
import { ON_HARBOURS, ON_SALT } from "../support/personas.ts";
import { testServices, workspace } from "../support/services.ts";

let folder: string;
const file = (name: string) => path.join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "avtrz-writings-"));
  await writeFile(file("salt.md"), ON_SALT);
  await writeFile(file("harbours.md"), ON_HARBOURS);
  await writeFile(file("film.mov"), "\0");
  await writeFile(file("config.json"), JSON.stringify({ deathYear: 1760, expertise: ["salt"] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("an avatar is made, fed, read, asked and deleted from the command line", async () => {
  const { config, ...services } = await testServices();
  const { id } = await workspace({ ...services, config });
  const org = ["--org", id];
  const made = await ask<PersonaSummary>(
    config,
    "persona",
    "create",
    "Ann Lee",
    ...org,
    "--voice",
    "first-person",
    "--config",
    file("config.json"),
  );
  expect(made).toMatchObject({ id: expect.stringMatching(/^per_/), slug: "ann-lee", status: "empty", builtIn: false });
  const files = [file("salt.md"), file("harbours.md"), file("film.mov")];
  const { sources } = await ask<{ sources: (Source & { added: boolean })[] }>(
    config,
    "persona",
    "add",
    "ann-lee",
    ...files,
    ...org,
    "--year",
    "1755",
  );
  expect(sources.map(({ title, added, year }) => [title, added, year])).toEqual([
    ["salt", true, 1755],
    ["harbours", true, 1755],
    ["film", true, 1755],
  ]);
  // One of three could not be read: said in words, and by the exit code.
  const processed = await runTool(config, "persona", "process", "ann-lee", ...org);
  expect(processed.code).toBe(1);
  expect(processed.stdout).toContain("3 passages of 2 sources");
  expect(processed.stdout).toContain("film.mov: unsupported.");
  const answer = await runTool(config, "persona", "ask", made.id, "Why", "is", "the", "salt", "tax", "unjust?", ...org);
  expect(answer.stdout).toContain("“The tax on salt falls on the poor more than on the rich");
  expect(answer.stdout).toContain("Confidence:");
  expect(await ask(config, "persona", "ask", "ann-lee", "What is bitcoin?", ...org)).toMatchObject({
    citations: [],
    refusal: "not_covered",
    response: expect.stringContaining("My writings"),
  });
  const { personas } = await ask<{ personas: PersonaSummary[] }>(config, "persona", "list", ...org);
  expect(personas).toMatchObject([{ id: made.id, status: "ready", sources: 3, readable: 2 }]);
  expect(
    await ask(config, "persona", "process", "ann-lee", "--again", ...org).catch((error) => error.message),
  ).toContain("exit code 1");
  await ask(config, "persona", "remove", "ann-lee", ...org);
  expect((await runTool(config, "persona", "list", ...org)).stdout).toContain("no avatar yet");
});

test("what cannot be done is told in a sentence, with a code and without a trace", async () => {
  const { config, ...services } = await testServices();
  const { id } = await workspace({ ...services, config });
  const org = ["--org", id];
  await ask(config, "persona", "create", "Ann Lee", ...org);
  const cases: [string, string[]][] = [
    ["persona_not_found", ["ask", "nobody", "Who?"]],
    ["persona_not_found", ["process", "per_0"]],
    ["persona_not_ready", ["ask", "ann-lee", "Why?"]],
    ["persona_exists", ["create", "Ann", "--slug", "ann-lee"]],
    ["persona_invalid", ["create", "Ann", "--slug", "No Slug"]],
    ["file_unreadable", ["add", "ann-lee", file("missing.md")]],
    ["file_unreadable", ["add", "ann-lee", folder]],
    ["file_unreadable", ["create", "Ann", "--config", file("salt.md")]],
    ["usage", ["add", "ann-lee", file("salt.md"), "--year", "long ago"]],
    ["usage", ["add", "ann-lee", file("salt.md"), file("harbours.md"), "--title", "Both"]],
    ["usage", ["create", "Ann", "--voice", "opera"]],
  ];
  for (const [code, parameters] of cases)
    expect(await refused(config, "persona", ...parameters, ...org), parameters.join(" ")).toMatchObject({
      code,
      exit: code === "usage" ? 2 : 1,
    });
});
