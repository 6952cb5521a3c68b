import { defineConfig } from "vitest/config";

const STAGE_FEATURE = "test/support/stage-feature.ts";

const FEATURES_TEST = "test/containers/features.test.ts";

/** What all tests have in common that need an engine. */
const CONTAINERS = {
  globalSetup: [STAGE_FEATURE, "test/support/container-setup.ts"],
  testTimeout: 600_000,
  hookTimeout: 600_000,
};

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
          exclude: [FEATURES_TEST],
          ...CONTAINERS,
        },
      },
      {
        test: {
          name: "scenarios",
          include: [FEATURES_TEST],
          ...CONTAINERS,
          // `devcontainer features test` removes the containers of other runs: nothing else uses the engine meanwhile.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
