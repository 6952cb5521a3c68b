import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRootLogins } from "../../../src/diagnosis/root-status.ts";
import { tempFolder } from "../../support/temp-home.ts";

/** What the doctor learns from a sudo that does this. */
async function ask(body: string): Promise<readonly string[] | null> {
  const folder = tempFolder();
  writeFileSync(join(folder, "sudo"), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, "sudo"), 0o755);
  const logins = await findRootLogins({ env: { PATH: `${folder}:/usr/bin:/bin` }, launcher: "/usr/local/bin/x" });
  return logins === null ? null : [...logins];
}

test("root's logins are those of its own status that are ready", async () => {
  const logins = [
    { host: "a.example.com", state: "ready" },
    { host: "b.example.com", state: "gone" },
  ];
  const body = `[ "$*" = "-n /usr/local/bin/x status --json" ] && echo '${JSON.stringify({ logins })}'`;
  expect(await ask(body)).toEqual(["a.example.com"]);
});

test.each([
  ["that wants a password", "echo 'sudo: a password is required' >&2; exit 1"],
  ["without the agent for root", "echo 'sudo: /usr/local/bin/x: command not found' >&2; exit 1"],
  ["that prints something else", "echo hello"],
  ["that prints without an end", "exec cat /dev/zero"],
])("a sudo %s says nothing about root", async (_, body) => {
  expect(await ask(body)).toBeNull();
});

test("without sudo nothing is known about root", async () => {
  expect(await findRootLogins({ env: { PATH: "/nonexistent" }, launcher: "/usr/local/bin/x" })).toBeNull();
});
