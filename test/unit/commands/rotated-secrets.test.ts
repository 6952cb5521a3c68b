import { readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { logout } from "../../../src/commands/logout/logout.ts";
import { status } from "../../../src/commands/status/status.ts";
import { writeEnvSecrets } from "../../support/codespace.ts";
import { startEmbeddedRegistry } from "../../support/embedded-registry.ts";
import { getFor } from "../../support/helper.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { logIn, logOut, makeHome, secrets, type TempHome, writtenFiles } from "../../support/temp-home.ts";

const CODESPACE = { CODESPACES: "true" };

/** A registry whose password can be changed. */
async function startRegistry(password: string) {
  const user = { auth: "basic" as const, user: "bob", password };
  const { host, close, requests } = await startEmbeddedRegistry(user);
  onTestFinished(close);
  return { host, requests, setPassword: (next: string) => Object.assign(user, { password: next }) };
}

/** Writes the secrets file of the codespace, a while later than the file before. */
function rotate(home: TempHome, values: Readonly<Record<string, string>>): void {
  writeEnvSecrets(home, values);
  const later = Date.now() / 1000 + ++rotations * 10;
  utimesSync(home.context().codespacesFile, later, later);
}

let rotations = 0;

test.each(["memory", "disk"])("the next pull uses the new password, with storage %s", async (storage) => {
  const home = makeHome();
  const { host, setPassword } = await startRegistry("old-password");
  writeEnvSecrets(home, secrets("A", host, "bob", "old-password"));
  await logIn(home.context(CODESPACE), { storage });
  setPassword("new-password");
  rotate(home, secrets("A", host, "bob", "new-password"));
  // The shell's environment is as old as the codespace.
  const context = home.context({ ...CODESPACE, ...secrets("A", host, "bob", "old-password") });
  expect(await getFor(context, host)).toMatchObject({ secret: "new-password", stderr: "" });
});

test("a new password that the registry rejects does not replace one that it accepts, and the pull says so", async () => {
  const home = makeHome();
  const { host } = await startRegistry("old-password");
  writeEnvSecrets(home, secrets("A", host, "bob", "old-password"));
  await logIn(home.context(CODESPACE));
  rotate(home, secrets("A", host, "bob", "mistyped-password"));
  const first = await getFor(home.context(CODESPACE), host);
  expect(first).toMatchObject({ secret: "old-password" });
  expect(first.stderr).toContain("the new secrets of A do not work");
  // It is checked once.
  expect(await getFor(home.context(CODESPACE), host)).toMatchObject({ secret: "old-password", stderr: "" });
});

test("if the registry rejects both, the pull has no login and says why", async () => {
  const home = makeHome();
  const { host, setPassword } = await startRegistry("old-password");
  writeEnvSecrets(home, secrets("A", host, "bob", "old-password"));
  await logIn(home.context(CODESPACE));
  setPassword("other-password");
  rotate(home, secrets("A", host, "bob", "mistyped-password"));
  const failed = await getFor(home.context(CODESPACE), host);
  expect(failed).toMatchObject({ exitCode: 1, stdout: "credentials not found in native keychain\n" });
  expect(failed.stderr).toContain("rejected the login");
  // And the next change repairs it.
  rotate(home, secrets("A", host, "bob", "other-password"));
  expect(await getFor(home.context(CODESPACE), host)).toMatchObject({ secret: "other-password" });
});

test("a new password that cannot be checked is tried again at the next pull", async () => {
  const home = makeHome();
  const user = { auth: "basic" as const, user: "bob", password: "old-password" };
  const { host, close } = await startEmbeddedRegistry(user);
  writeEnvSecrets(home, secrets("A", host, "bob", "old-password"));
  await logIn(home.context(CODESPACE));
  await close();
  rotate(home, secrets("A", host, "bob", "new-password"));
  for (const _ of [1, 2]) {
    const answer = await getFor(home.context(CODESPACE), host);
    expect(answer).toMatchObject({ secret: "old-password" });
    expect(answer.stderr).toContain("could not check the new secrets of A");
  }
});

test("a secret that is no longer in the file takes its login along, and only that", async () => {
  const home = makeHome();
  const [a, b] = [await startLocalRegistry("password-a"), await startLocalRegistry("password-b")];
  const A = secrets("A", a, "bob", "password-a");
  writeEnvSecrets(home, { ...A, ...secrets("B", b, "bob", "password-b") });
  await logIn(home.context(CODESPACE));
  rotate(home, A);
  expect(await getFor(home.context(CODESPACE), b)).toMatchObject({ exitCode: 1, secret: null });
  expect(await getFor(home.context(CODESPACE), a)).toMatchObject({ secret: "password-a" });
});

test("a pull does not log in to a host that was logged out, or with what only its own environment has", async () => {
  const home = makeHome();
  const [a, b, c] = [await startRegistry("password-a"), await startRegistry("b"), await startRegistry("password-c")];
  const A = secrets("A", a.host, "bob", "password-a");
  const C = secrets("C", c.host, "bob", "password-c");
  writeEnvSecrets(home, { ...A, ...C });
  await logIn(home.context({ ...CODESPACE, ...secrets("B", b.host, "bob", "b") }));
  await logOut(home.context(CODESPACE), c.host);
  rotate(home, { ...A, ...C });
  const counts = [a, b, c].map(({ requests }) => requests.length);
  const context = home.context({ ...CODESPACE, ...secrets("B", b.host, "bob", "other") });
  expect(await getFor(context, c.host)).toMatchObject({ exitCode: 1, secret: null });
  expect(await getFor(context, b.host)).toMatchObject({ secret: "b" });
  expect([a, b, c].map(({ requests }) => requests.length)).toEqual(counts);
  const { logins } = JSON.parse((await status(home.context(CODESPACE), true)).stdout);
  expect(logins.map(({ host, absentSince }: Record<string, unknown>) => [host, absentSince]).sort()).toEqual(
    [a, b].map(({ host }) => [host, null]).sort(),
  );
  await logout(home.context(CODESPACE), { hosts: [], all: true, json: true });
  expect(await getFor(home.context(CODESPACE), a.host)).toMatchObject({ secret: null });
});

test("outside of a codespace the file changes nothing", async () => {
  const home = makeHome();
  const { host, setPassword } = await startRegistry("old-password");
  writeEnvSecrets(home, secrets("A", host, "bob", "old-password"));
  await logIn(home.context(CODESPACE));
  setPassword("new-password");
  rotate(home, secrets("A", host, "bob", "new-password"));
  expect(await getFor(home.context(), host)).toMatchObject({ secret: "old-password" });
});

test("a second login with the same file writes nothing", async () => {
  const home = makeHome();
  const { host } = await startRegistry("password");
  writeEnvSecrets(home, secrets("A", host, "bob", "password"));
  const now = () => Date.UTC(2026, 0, 1, 12);
  await logIn({ ...home.context(CODESPACE), now });
  const before = writtenFiles(home.folder);
  await logIn({ ...home.context(CODESPACE), now });
  expect(writtenFiles(home.folder)).toEqual(before);
  const mark = join(home.folder, ".local/state/registry-login/secrets-read");
  expect(readFileSync(mark, "utf8")).toBe("");
});
