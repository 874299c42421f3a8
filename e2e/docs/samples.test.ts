/** Every sample of the documentation is run, on an installation that was started as the documentation says. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PAGE_NAMES } from "../../lib/docs/contents.ts";
import { differenceOf, missingLine } from "./matches.ts";
import { becomeReader, type Reader } from "./reader.ts";
import { runSample } from "./run-sample.ts";
import { type Sample, samplesOf } from "./samples.ts";

/** They explain codes and figures, and show nothing to run. */
const WITHOUT_SAMPLES = ["personas-retrieval", "errors"];

// Which blocks there are is known before the installation is; what they say of it only from its own pages.
const blocks = await Promise.all(
  PAGE_NAMES.map(async (name) => ({ name, samples: samplesOf(name, await readFile(`docs/${name}.md`, "utf8")) })),
);
const starts = new Set(blocks.flatMap(({ samples }) => samples.filter(isStart).map(({ code }) => code)));
let reader: Reader;

beforeAll(async () => {
  reader = await becomeReader([...starts][0] ?? "");
});
afterAll(() => reader?.leave());

test("the pages agree on how an installation is started, and it starts", () => {
  expect(starts.size).toBe(1);
  expect(reader.installation.output()).toContain("Avtrz is running");
});

test("every page has samples that are run, but for those that have none to show", () => {
  const without = blocks.filter(({ samples }) => samples.every(isStart)).map(({ name }) => name);
  expect(without.toSorted()).toEqual(WITHOUT_SAMPLES.toSorted());
});

const withSamples = blocks.filter(({ samples }) => samples.length > 0);
// What the first page does is what the others start from; each of the others stands alone.
describe.each(withSamples.slice(0, 1))("$name", runPage);
describe.concurrent.each(withSamples.slice(1))("$name", runPage);

function runPage({ name, samples }: (typeof blocks)[number]): void {
  let served: Sample[];
  beforeAll(async () => {
    const page = await fetch(`${reader.installation.url}/docs/${name}.md`);
    served = samplesOf(name, await page.text());
    expect(served.length).toBe(samples.length);
  });

  test.each(samples.map((sample, index) => ({ index, title: titleOf(sample) })))("$title", async ({ index }) => {
    const sample = served[index] as Sample;
    const result = await runSample(sample, reader);
    if (!sample.answer) return;
    if (sample.answer.language === "text") expect(missingLine(sample.answer.code, String(result))).toBeNull();
    else expect(differenceOf(JSON.parse(sample.answer.code), jsonIn(result))).toBeNull();
  });
}

function isStart({ kind }: Sample): boolean {
  return kind === "start";
}

function titleOf({ language, kind, code }: Sample): string {
  return `${language} ${kind}: ${code.split("\n")[0]?.slice(0, 90)}`;
}

/** The last JSON value that was printed, or the value itself. */
function jsonIn(result: unknown): unknown {
  return typeof result === "string" ? JSON.parse(result.slice(result.lastIndexOf("\n{") + 1)) : result;
}
