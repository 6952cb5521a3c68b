import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { findStdoutReader } from "../../../../src/commands/export/stdout.ts";
import { agentOnPath } from "../../../support/clients.ts";
import { run } from "../../../support/shell.ts";
import { logIn, makeHome, secrets, tempFolder } from "../../../support/temp-home.ts";

function open(file: string, flags: string): number {
  const descriptor = openSync(file, flags);
  onTestFinished(() => closeSync(descriptor));
  return descriptor;
}

/** A pipe, which needs somebody who reads it before it can be opened. */
function openPipe(): number {
  const file = join(tempFolder(), "pipe");
  execFileSync("mkfifo", [file]);
  return open(file, "r+");
}

describe("what reads the standard output", () => {
  test.each([
    { what: "a program", env: {}, reader: "program" },
    { what: "a program, where CI is off", env: { CI: "false" }, reader: "program" },
    { what: "a job of a CI system", env: { CI: "true" }, reader: "log" },
    { what: "a job of Azure Pipelines", env: { TF_BUILD: "True" }, reader: "log" },
    { what: "a job of Jenkins", env: { JENKINS_URL: "https://ci.example.com" }, reader: "log" },
    { what: "a journal of a different process", env: { JOURNAL_STREAM: "9:99999" }, reader: "program" },
  ])("$what", ({ env, reader }) => {
    expect(findStdoutReader(env, false, openPipe())).toBe(reader);
  });

  test("systemd's journal", () => {
    const pipe = openPipe();
    const { dev, ino } = fstatSync(pipe);
    expect(findStdoutReader({ JOURNAL_STREAM: `${dev}:${ino}` }, false, pipe)).toBe("log");
  });

  test.each([
    { mode: 0o600, reader: "program" },
    { mode: 0o640, reader: "open-file" },
    { mode: 0o644, reader: "open-file" },
  ])("a file with the mode $mode, also in a job", ({ mode, reader }) => {
    const file = join(tempFolder(), "file");
    const descriptor = open(file, "w");
    chmodSync(file, mode);
    expect(findStdoutReader({ CI: "true" }, false, descriptor)).toBe(reader);
  });

  test("a terminal", async () => {
    const home = makeHome();
    await logIn(home.context(secrets("A", "ghcr.io", "bob", "a-password")), { verify: "false", storage: "disk" });
    const env = { HOME: home.folder, PATH: agentOnPath(home), TERM: "xterm", COLUMNS: "200" };
    const command = "registry-login export docker-auth-config ghcr.io";
    const { stdout } = await run("script", ["--quiet", "--command", command, "/dev/null"], { env });
    expect(stdout.replace(/\s+/g, " ")).toContain("this is a terminal -> add --output docker-auth-config.txt");
    expect(stdout).not.toContain("auths");
  });
});
