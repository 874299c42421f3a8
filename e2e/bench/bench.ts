/**
 * `npm run bench [-- --seconds 4 --rounds 3 --json --only NAME]`: how fast the service is on this machine. What is measured
 * beside a yardstick is measured in turn with it, round by round, so that a machine that slows down slows both; quote the
 * ratios. With TEST_DATABASE_URL the service is measured on that PostgreSQL too.
 */
import path from "node:path";
import { parseArgs } from "node:util";
import { buildWhenStale } from "../../scripts/build.ts";
import { benchColdPhotos, reportColdPhotos } from "./cold-photos.ts";
import { benchConnecting, reportConnecting } from "./connecting.ts";
import { benchImport, reportImport } from "./import-rows.ts";
import { benchPersonas, reportPersonas } from "./personas-scale.ts";
import { benchPictures, reportPictures } from "./pictures.ts";
import { benchProviders, reportProviders } from "./providers.ts";
import { benchTools, reportTools } from "./tools.ts";

type Part<Result> = {
  run(options: { seconds: number; rounds: number }): Promise<Result>;
  report(result: Result): void;
};

const part = <Result>(run: Part<Result>["run"], report: Part<Result>["report"]) => ({
  run,
  report: report as (result: unknown) => void,
});

/** What `--only` names, in the order in which all are measured. */
const PARTS = {
  pictures: part(benchPictures, reportPictures),
  tools: part(benchTools, reportTools),
  connecting: part(benchConnecting, reportConnecting),
  import: part(benchImport, reportImport),
  personas: part(benchPersonas, reportPersonas),
  providers: part(benchProviders, reportProviders),
  "cold-photos": part(benchColdPhotos, reportColdPhotos),
};

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    only: { type: "string" },
  },
});
const { only } = values;
if (only && !Object.hasOwn(PARTS, only)) {
  console.error(`--only takes one of ${Object.keys(PARTS).join(", ")}, not ${only}.`);
  process.exit(2);
}

await buildWhenStale(path.join(import.meta.dirname, "../.."));
const results: Record<string, unknown> = {};
for (const [name, { run, report }] of Object.entries(PARTS)) {
  if (only && only !== name) continue;
  if (!values.json) console.log(`\n${name} …`);
  results[name] = await run({ seconds: Number(values.seconds), rounds: Number(values.rounds) });
  if (!values.json) report(results[name]);
}
if (values.json) console.log(JSON.stringify(results, null, 2));
