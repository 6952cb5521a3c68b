import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../scripts/project.ts";
import { runLine } from "../../support/command-line.ts";
import { leaks } from "../../support/leaks.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { filesBelow, makeHome, onHost, secrets, tempFolder } from "../../support/temp-home.ts";

// What SECURITY.md says about secrets on a machine outside of containers.

const PASSWORD = "Hunter2-Hunter2";
const SCRIPTED = join(ROOT, "test/support/stores/docker-credential-scripted");

/** A machine whose docker uses a credential store that writes down its arguments and its environment. */
function makeMachine(mode = "") {
  const home = onHost(makeHome());
  const [programs, entries] = [join(home.folder, "bin"), join(home.folder, "entries")];
  const log = join(home.folder, "log");
  mkdirSync(programs);
  const script = `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >> ${log}\nexec sh ${SCRIPTED} "$@"\n`;
  writeFileSync(join(programs, "docker-credential-spy"), script, { mode: 0o755 });
  home.writeConfig('{"credsStore":"spy"}');
  const world = { PATH: `${programs}:/usr/bin:/bin`, STORE_DIR: entries, STORE_MODE: mode };
  return {
    home,
    log: () => readFileSync(log, "utf8"),
    entries: () => (existsSync(entries) ? filesBelow(entries).map((file) => readFileSync(file, "utf8")) : []),
    run: async (args: readonly string[], env: Record<string, string> = {}) => {
      const place = args[0] === "login" ? ["--workspace-folder", tempFolder()] : [];
      return await runLine(home, [...args, ...place], { ...world, ...env });
    },
  };
}

test("a credential store gets the secret at its input, and neither as an argument nor in its environment", async () => {
  const host = await startLocalRegistry(PASSWORD);
  const machine = makeMachine();
  const { stdout } = await machine.run(["login"], secrets("TEAM", host, "bob", PASSWORD));
  expect(stdout).toContain("stored by docker-credential-spy");
  expect(machine.entries()).toEqual([expect.stringContaining(PASSWORD)]);
  expect(machine.log()).toContain("store\n");
  expect(leaks(`${machine.log()}${stdout}`, "bob", PASSWORD)).toEqual([]);
  expect(leaks(readFileSync(machine.home.config, "utf8"), "bob", PASSWORD)).toEqual([]);
  await machine.run(["logout", "--all"]);
  expect(machine.entries()).toEqual([]);
});

test.each([
  { what: "stored", password: PASSWORD },
  { what: "rejected", password: "a-wrong-password" },
])("the state file of a host holds a fingerprint of a login that was $what, closed to others", async ({ password }) => {
  const host = await startLocalRegistry(PASSWORD);
  const machine = makeMachine();
  await machine.run(["login"], secrets("TEAM", host, "bob", password));
  const folder = join(machine.home.folder, ".local/state/registry-login");
  const file = join(folder, "state.json");
  const [{ secrets: fingerprint }] = JSON.parse(readFileSync(file, "utf8")).registered;
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect([statSync(folder).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
  const ours = filesBelow(folder).map((each) => readFileSync(each, "utf8"));
  expect(leaks(ours.join("\n"), "bob", password)).toEqual([]);
});

test("a login whose store does not answer is stored unencrypted, for its owner alone, and the report says both", async () => {
  const host = await startLocalRegistry(PASSWORD);
  const machine = makeMachine("locked");
  const { stdout } = await machine.run(["login", "--json"], secrets("TEAM", host, "bob", PASSWORD));
  expect(JSON.parse(stdout).registries).toMatchObject([
    {
      outcome: "verified",
      code: "keychain-locked",
      detail: expect.stringContaining("stored unencrypted in docker's config.json"),
      hint: expect.stringContaining("security unlock-keychain"),
    },
  ]);
  expect(statSync(machine.home.config).mode & 0o777).toBe(0o600);
  expect(machine.entries()).toEqual([]);
});
