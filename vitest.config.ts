import { defineConfig } from "vitest/config";

const EXCLUDED = ["**/node_modules/**"];

/**
 * What is the same whatever keeps the rows: statuses and headers, pictures, pages, starts, the tool. Tested once, on the
 * default; what counts, locks, hands over or is killed is tested on both.
 */
const OF_NO_DATABASE = [
  "e2e/start/**",
  "e2e/cli/**",
  "e2e/clients/**",
  "e2e/http/**",
  "e2e/hostile/images-{files,network,http}.test.ts",
  "e2e/hostile/web.test.ts",
];
/** As many as there are cores: a third one saves a minute, and makes statements run into their time limits. */
const AT_ONCE = 2;
const onPostgres = process.env["AVTRZ_TEST_BACKEND"] === "postgres";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["lib/**/*.test.ts", "app/**/*.test.ts", "scripts/**/*.test.ts", "packages/*/src/**/*.test.ts"],
          exclude: EXCLUDED,
          // Of two cores vitest alone would use one.
          maxWorkers: AT_ONCE,
          testTimeout: 20_000,
        },
      },
      {
        // The avatars' package: no database, no server of ours.
        test: {
          name: "personas",
          include: ["e2e/personas/**/*.test.ts"],
          exclude: EXCLUDED,
          maxWorkers: AT_ONCE,
          retry: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/{http,hostile,cli,clients,services,start}/**/*.test.ts"],
          exclude: onPostgres ? [...EXCLUDED, ...OF_NO_DATABASE] : EXCLUDED,
          globalSetup: ["e2e/support/backend.ts"],
          isolate: false,
          maxWorkers: AT_ONCE,
          // Real processes, sockets and clocks on a machine that others use too. What needs its second try is named at the
          // end of `npm test`, so that it is mended and not got used to.
          retry: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "docs",
          include: ["e2e/docs/**/*.test.ts"],
          exclude: EXCLUDED,
          maxWorkers: AT_ONCE,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
