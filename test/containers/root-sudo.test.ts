import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SUDO_IMAGE } from "../support/images.ts";
import { findLeaks, formsOf } from "../support/leaks.ts";
import { type PlainContainer, startPlainContainer } from "../support/plain-container.ts";

// The option root with the policies of sudo that differ in what they keep, log and permit.

const HOST = "registry.example.com";
const PASSWORD = "planted-for-root-0815";
const SECRETS = {
  A_CONTAINER_REGISTRY_SERVER: HOST,
  A_CONTAINER_REGISTRY_USER: "bob",
  A_CONTAINER_REGISTRY_PASSWORD: PASSWORD,
};
const LOGS = "/var/log/sudo-io";

let container: PlainContainer;

const asUser = (command: string, env = {}) =>
  container.sh(`cd ~ && ${command}`, { user: "guest", env: { HOME: "/home/guest", ...env } });

/** Replaces what sudo permits, and removes the logins of the policy before. */
async function setPolicy(...lines: readonly string[]): Promise<void> {
  const text = lines.map((line) => `${line}\\n`).join("");
  const clean = `rm -rf ${LOGS} /root/.docker /root/.local/state/registry-login /home/guest/.docker /home/guest/.local`;
  const set = await container.sh(
    `printf '${text}' >/etc/sudoers.d/zz-guest && chmod 440 /etc/sudoers.d/zz-guest && ${clean}`,
  );
  expect(set).toMatchObject({ exitCode: 0, output: "" });
}

beforeAll(async () => {
  container = await startPlainContainer(SUDO_IMAGE);
  expect((await container.install()).exitCode).toBe(0);
});

afterAll(async () => {
  await container?.remove();
});

const LAUNCHER = "/usr/local/bin/registry-login";

describe.each([
  ["everything", ["guest ALL=(ALL) NOPASSWD: ALL"]],
  [
    "everything, and logs input and output",
    [`Defaults log_input,log_output,use_pty,iolog_dir=${LOGS}`, "guest ALL=(ALL) NOPASSWD: ALL"],
  ],
  ["only this program", [`guest ALL=(root) NOPASSWD: ${LAUNCHER}`]],
  ["only this program, with any environment", ["Defaults !env_reset", `guest ALL=(root) NOPASSWD:SETENV: ${LAUNCHER}`]],
])("where sudo permits %s", (_, policy) => {
  test("root is logged in, and no secret is in sudo's environment or log", async () => {
    await setPolicy(...policy);
    // Until the login has ended: every process that is a sudo.
    const look = 'read -r name <"$p/comm" && [ "$name" = sudo ] && cat "$p/environ" "$p/cmdline"';
    const watching = container.sh(
      `until [ -e /tmp/ended ]; do for p in /proc/[0-9]*; do ${look}; done; done 2>/dev/null`,
    );
    const login = await asUser("registry-login --root --no-verify", SECRETS);
    await container.sh("touch /tmp/ended");
    expect(login.stdout).toContain("root (sudo docker) is logged in too");
    const answer = await container.sh(`printf ${HOST} | docker-credential-registry-login get`, {
      env: { HOME: "/root" },
    });
    expect(JSON.parse(answer.stdout)).toMatchObject({ Username: "bob", Secret: PASSWORD });
    const logged = await container.sh(`find ${LOGS} -type f -exec zcat -f {} +`);
    const seen = `${(await watching).stdout}${logged.stdout}`;
    await container.sh("rm /tmp/ended");
    expect(seen).toContain("environment-from-socket");
    expect(findLeaks(seen, formsOf("bob", PASSWORD))).toEqual([]);
    expect((await asUser("registry-login status")).stdout).toContain("sudo registry-login status");
    // A shell without the secrets, and a host that only the user is logged in to.
    const ask = (HOME: string) =>
      container.sh(`printf ${HOST} | docker-credential-registry-login get`, { env: { HOME } });
    await asUser(`registry-login --no-verify --npm`, { GITHUB_TOKEN: "planted-github-token-4711" });
    const logout = await asUser("registry-login logout --all");
    expect(logout).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("root (sudo docker) is logged out too"),
    });
    expect((await ask("/root")).stdout).toBe("credentials not found in native keychain\n");
    expect(
      (await container.sh("cat /root/.docker/config.json; cat /dev/shm/registry-login-*/*/*")).stdout,
    ).not.toContain(HOST);
    expect((await container.sh("find /home/guest -user root; ls -d /dev/shm/registry-login-root-*")).stdout).toBe("");
  });
});

test("a logout says that root is still logged in if sudo does not let it log root out", async () => {
  await setPolicy(`guest ALL=(root) NOPASSWD: ${LAUNCHER}`);
  await asUser("registry-login --root --no-verify", SECRETS);
  await container.sh("rm /etc/sudoers.d/zz-guest");
  const logout = await asUser(`registry-login logout ${HOST}`);
  expect(logout.exitCode).toBe(1);
  expect(logout.stdout).toContain(`root (sudo docker) is still logged in to ${HOST}: sudo is not installed, requires`);
  expect(logout.stdout).toContain(`run sudo registry-login logout ${HOST}`);
  const status = await container.sh("registry-login status", { env: { HOME: "/root" } });
  expect(status.stdout).toContain("1 of 1 registries logged in");
});

test("who may run only this program as root gets no program and no file of theirs by it", async () => {
  await setPolicy(`guest ALL=(root) NOPASSWD: ${LAUNCHER}`);
  const given = {
    ...SECRETS,
    HOME: "/home/guest",
    PATH: "/home/guest",
    DOCKER_CONFIG: "/etc/planted",
    AWS_CONFIG_FILE: "/home/guest/aws",
    AWS_PROFILE: "default",
    AWS_SDK_LOAD_CONFIG: "1",
  };
  const offer = `require("net").createServer((c) => c.end(process.argv[2])).listen("/home/guest/socket")`;
  const flags =
    "--environment-from-socket --no-verify --timeout=4 --registries=X=123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const run = await asUser(
    `
    printf '[default]\\ncredential_process = /home/guest/planted\\n' >aws
    printf '#!/bin/sh\\nid >/tmp/planted\\n' >planted && chmod 755 planted
    node -e '${offer}' - "$GIVEN" & sleep 1
    echo /home/guest/socket | sudo -n ${LAUNCHER} login ${flags}
    kill $!`,
    { GIVEN: JSON.stringify(given) },
  );
  expect(run.stdout).toMatch(/A +not checked/);
  expect((await container.sh("ls -d /tmp/planted /etc/planted; find /home/guest -user root")).stdout).toBe("");
});
