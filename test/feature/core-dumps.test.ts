import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installLauncher } from "../support/launcher.ts";
import { makeHome } from "../support/temp-home.ts";

describe.each(["sh", "bash"])("core dumps are off, run by %s:", (shell) => {
  const LIMIT = /^Max core file size +0 +0 /m;
  const SHOW_LIMITS = "#!/bin/sh\ncat /proc/self/limits\n";

  test("for the agent behind the credential helper", async () => {
    const home = makeHome();
    const { run } = installLauncher(home);
    writeFileSync(join(home.folder, "lib/node"), SHOW_LIMITS);
    expect((await run(["get"], "quay.io", `ulimit -c unlimited; ${shell}`)).stdout).toMatch(LIMIT);
  });

  test("for the agent", async () => {
    const home = makeHome();
    const { run } = installLauncher(home, {}, "registry-login");
    writeFileSync(join(home.folder, "lib/node"), SHOW_LIMITS);
    expect((await run(["status"], "", `ulimit -c unlimited; ${shell}`)).stdout).toMatch(LIMIT);
  });
});
