import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readsAuthVariable } from "../../../../src/clients/docker/version.ts";
import { tempFolder } from "../../../support/temp-home.ts";

test.each([
  ["Docker version 28.2.2, build e6534b4", false],
  ["Docker version 20.10.24+dfsg1, build 297e128", false],
  ["Docker version 28.3.0, build 38b7060", true],
  ["Docker version 29.0.0-rc.1, build 1234567", true],
  ["something else", true],
])("%s reads DOCKER_AUTH_CONFIG: %s", async (text, expected) => {
  const folder = tempFolder();
  writeFileSync(join(folder, "docker"), `#!/bin/sh\necho '${text}'\n`);
  chmodSync(join(folder, "docker"), 0o755);
  expect(await readsAuthVariable({ PATH: folder })).toBe(expected);
});

test("without docker, other programs may read it", async () => {
  expect(await readsAuthVariable({ PATH: "/nonexistent" })).toBe(true);
});
