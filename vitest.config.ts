import { defineConfig } from "vitest/config";

const STAGE_FEATURE = "test/support/stage-feature.ts";

export default defineConfig({
  test: {
    // Most of the time goes into waiting for servers and containers.
    maxWorkers: 2,
    // An engine takes its time to stop.
    teardownTimeout: 60_000,
    projects: [
      // From source: nothing is built before a test starts.
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 60_000 } },
      {
        test: {
          name: "feature",
          include: ["test/{feature,torture}/**/*.test.ts"],
          globalSetup: [STAGE_FEATURE],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "containers",
          include: ["test/containers/**/*.test.ts"],
          globalSetup: [STAGE_FEATURE, "test/support/container-setup.ts"],
          // Scenarios share one engine, and `devcontainer features test` removes the containers of other runs.
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
