import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { login } from "../../src/commands/login/login.ts";
import { findRootLogins } from "../../src/diagnosis/root-status.ts";
import { runAgent } from "../support/agent.ts";
import { ECR_HOST } from "../support/aws-endpoint.ts";
import { getFor } from "../support/helper.ts";
import { leaks } from "../support/leaks.ts";
import { startDownRegistry } from "../support/misbehaving-server.ts";
import { makeHome, secrets, type TempHome } from "../support/temp-home.ts";

const PASSWORD = "Hunter2-Hunter2";
const PLANTED = {
  ...secrets("A", "a.azurecr.io", "bob", PASSWORD),
  B_CONTAINER_REGISTRY_SESSION_TOKEN: PASSWORD,
  b_container_registry_token: PASSWORD,
};

/** A program that writes its environment down, and then does what it is for. */
function addWitness(home: TempHome, name: string, then: string): { program: string; seen: () => string } {
  const program = join(home.folder, name);
  const file = `${program}.env`;
  writeFileSync(program, `#!/bin/sh\nenv >"${file}"\n${then}\n`);
  chmodSync(program, 0o755);
  return { program, seen: () => readFileSync(file, "utf8") };
}

describe("a program that the agent starts does not find our secrets in its environment:", () => {
  test("another credential helper", async () => {
    const home = makeHome();
    const { seen } = addWitness(home, "docker-credential-other", `echo '{"Username":"eve","Secret":"other"}'`);
    const env = { ...PLANTED, A_CONTAINER_REGISTRY_USER: "bob:", PATH: `${home.folder}:/usr/bin:/bin` };
    // A login that failed is asked of the credential store that came into docker's configuration since.
    await login(home.context(env), { options: {}, json: true, onlyChanged: false });
    home.writeConfig(JSON.stringify({ credsStore: "other" }));
    expect((await getFor(home.context(env), "a.azurecr.io")).secret).toBe("other");
    expect(seen()).toContain(`PATH=${home.folder}:`);
    expect(leaks(seen(), "bob", PASSWORD)).toEqual([]);
  });

  test("sudo, which asks for root's logins", async () => {
    const home = makeHome();
    const { seen } = addWitness(home, "sudo", `echo '{"logins":[{"host":"a.azurecr.io","state":"ready"}]}'`);
    const { env, launcher } = home.context({ ...PLANTED, PATH: `${home.folder}:/usr/bin:/bin` });
    expect(await findRootLogins({ env, launcher })).toEqual(new Set(["a.azurecr.io"]));
    expect(seen()).toContain(`PATH=${home.folder}:`);
    expect(leaks(seen(), "bob", PASSWORD)).toEqual([]);
  });

  test("the credential_process of an AWS profile", async () => {
    const home = makeHome();
    const { program, seen } = addWitness(home, "process", "exit 1");
    mkdirSync(join(home.folder, ".aws"));
    writeFileSync(join(home.folder, ".aws", "config"), `[default]\ncredential_process = ${program}\n`);
    const { stdout } = await runAgent(["--json", "--storage", "disk", "--registries", `ECR=${ECR_HOST}`], {
      ...PLANTED,
      HOME: home.folder,
      A_CONTAINER_REGISTRY_SERVER: await startDownRegistry(),
      AWS_EC2_METADATA_DISABLED: "true",
    });
    // The agent itself has them.
    expect(JSON.parse(stdout).registries).toMatchObject([
      { identifier: "A", outcome: "unreachable" },
      { identifier: "ECR" },
    ]);
    expect(seen()).toContain(`HOME=${home.folder}`);
    expect(leaks(seen(), "bob", PASSWORD)).toEqual([]);
  });
});
