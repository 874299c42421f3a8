import { defineConfig } from "vitest/config";

const EXCLUDED = ["**/node_modules/**"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["lib/**/*.test.ts", "scripts/**/*.test.ts"],
          exclude: EXCLUDED,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/{http,hostile,cli,start}/**/*.test.ts"],
          exclude: EXCLUDED,
          globalSetup: ["e2e/support/backend.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
