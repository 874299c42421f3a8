import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [{ test: { name: "unit", include: ["lib/**/*.test.ts", "scripts/**/*.test.ts"], testTimeout: 20_000 } }],
  },
});
