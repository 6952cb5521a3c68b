import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Once for all projects: they look at the built Feature, and must not build it under each other.
    globalSetup: ["test/support/staged.ts"],
    // Most of the time goes into waiting for servers and containers.
    maxWorkers: 2,
    // An engine takes its time to stop.
    teardownTimeout: 60_000,
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 60_000 } },
      {
        test: {
          name: "containers",
          include: ["test/containers/**/*.test.ts"],
          globalSetup: ["test/support/bed.ts"],
          // Scenarios share one engine, and `devcontainer features test` removes the containers of other runs.
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
