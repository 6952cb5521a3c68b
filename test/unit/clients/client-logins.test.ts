import { describe, expect, onTestFinished, test } from "vitest";
import { arrange } from "../../support/client-logins/arrange.ts";
import { DOCKER_ROWS } from "../../support/client-logins/docker-rows.ts";
import { lookUp } from "../../support/client-logins/look-up.ts";
import { PODMAN_ROWS } from "../../support/client-logins/podman-rows.ts";
import { CLIENTS, expectedOf } from "../../support/client-logins/row.ts";

describe.each(CLIENTS)("The login that %s sends", (client) => {
  test.each([...DOCKER_ROWS, ...PODMAN_ROWS])("$name", async (row) => {
    const { folder, env } = arrange(row, client);
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    expect((await lookUp(client, row, env)).sent).toEqual(expectedOf(row, client));
  });
});
