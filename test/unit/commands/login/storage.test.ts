import { mkdirSync, readFileSync, statfsSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { authOf } from "../../../support/encoding.ts";
import {
  entriesBelow,
  filesBelow,
  logIn,
  logOut,
  makeHome,
  secrets,
  type TempHome,
} from "../../../support/temp-home.ts";

const TMPFS = 0x01021994;
const HOST = "localhost:1";
const PASSWORD = "planted-password";
const AUTH = authOf("bob", PASSWORD);
const ENV = secrets("A", HOST, "bob", PASSWORD);

const run = (home: TempHome, storage: string, env: Record<string, string> = ENV) =>
  logIn(home.context(env), { storage, verify: "false" });

/** The files below a folder that hold the password, as it is or as base64. */
function holding(folder: string): string[] {
  const forms = [PASSWORD, AUTH, Buffer.from(PASSWORD).toString("base64").replace(/=+$/, "")];
  return entriesBelow(folder).filter((file) => forms.some((form) => readFileSync(file, "latin1").includes(form)));
}

function expectPrivate(file: string): void {
  expect([file, dirname(file), dirname(dirname(file))].map((path) => statSync(path).mode & 0o777)).toEqual([
    0o600, 0o700, 0o700,
  ]);
}

test("memory: secrets are on tmpfs, readable for their owner only, and not in the home folder", async () => {
  const home = makeHome();
  await run(home, "memory");
  expect(holding(home.folder)).toEqual([]);
  const [file = "", ...others] = holding(home.memory);
  expect(others).toEqual([]);
  expect(statfsSync(file).type).toBe(TMPFS);
  for (const each of filesBelow(home.memory)) expect(statSync(each).mode & 0o777).toBe(0o600);
  expectPrivate(file);
});

test("memory without a tmpfs fails with a hint", async () => {
  const home = makeHome();
  const context = { ...home.context(ENV), memoryFolders: ["/proc"] };
  const { registries } = await logIn(context, { verify: "false" });
  expect(registries).toMatchObject([{ outcome: "failed", hint: expect.stringMatching(/storage.*disk/) }]);
  expect([home.readConfig(), ...holding(home.folder)]).toEqual([null]);
});

test("disk: secrets are in the home folder, readable for their owner only, and not in memory", async () => {
  const home = makeHome();
  await run(home, "disk");
  expect(home.readConfig()).toEqual({ credHelpers: { [HOST]: "registry-login" } });
  const [file = "", ...others] = holding(home.folder);
  expect([others, filesBelow(home.memory)]).toEqual([[], []]);
  expectPrivate(file);
});

test("disk: a symlink instead of the vault is not used, and the report says so", async () => {
  const home = makeHome();
  const vault = join(home.folder, ".local", "state", "registry-login", "vault");
  mkdirSync(dirname(vault), { recursive: true });
  mkdirSync(join(home.folder, "trap"), { mode: 0o700 });
  symlinkSync(join(home.folder, "trap"), vault);
  const { registries } = await run(home, "disk");
  expect(registries).toMatchObject([{ outcome: "failed", hint: expect.stringContaining(vault) }]);
  expect([home.readConfig(), holding(home.folder)]).toEqual([null, []]);
});

test("plaintext: the secrets are where docker login writes them, and nowhere else", async () => {
  const home = makeHome();
  await run(home, "plaintext");
  expect(home.readConfig()).toEqual({ auths: { [HOST]: { auth: AUTH } } });
  expect(holding(home.folder)).toEqual([home.config]);
  expect(filesBelow(home.memory)).toEqual([]);
});

test("plaintext removes its own entry, but not one that was changed", async () => {
  const home = makeHome();
  await run(home, "plaintext", { ...ENV, ...secrets("B", "localhost:2", "bob", PASSWORD) });
  const config = home.readConfig();
  const changed = { auth: authOf("bob", "mine") };
  home.writeConfig(
    JSON.stringify({ auths: { ...config?.auths, "localhost:2": changed, "quay.io": { auth: "eDp5" } } }),
  );
  await run(home, "plaintext", secrets("C", "localhost:3", "bob", PASSWORD));
  await logOut(home.context(), HOST, "localhost:2");
  expect(home.readConfig()).toEqual({
    auths: { "localhost:2": changed, "quay.io": { auth: "eDp5" }, "localhost:3": { auth: AUTH } },
  });
});

test("plaintext replaces an old password", async () => {
  const home = makeHome();
  await run(home, "plaintext");
  await run(home, "plaintext", secrets("A", HOST, "bob", "new-password"));
  expect(home.readConfig()).toEqual({
    auths: { [HOST]: { auth: authOf("bob", "new-password") } },
  });
});

test("a change from memory to plaintext to disk and back leaves nothing of the storage before", async () => {
  const home = makeHome();
  await run(home, "memory");
  await run(home, "plaintext");
  expect(home.readConfig()).toMatchObject({ auths: { [HOST]: { auth: AUTH } } });
  expect(home.readConfig()).not.toHaveProperty("credHelpers");
  expect([holding(home.memory), holding(home.folder)]).toEqual([[], [home.config]]);

  await run(home, "disk");
  expect(home.readConfig()).toMatchObject({ credHelpers: { [HOST]: "registry-login" } });
  expect(home.readConfig()?.auths ?? {}).toEqual({});
  expect(holding(home.folder)).not.toContain(home.config);
  expect([holding(home.memory).length, holding(home.folder).length]).toEqual([0, 1]);

  await run(home, "memory");
  expect([holding(home.memory).length, holding(home.folder).length]).toEqual([1, 0]);
});

test("plaintext: an entry that docker wrote back is recognized as ours a day later", async () => {
  const home = makeHome();
  const at = (seconds: number, storage: string) =>
    logIn({ ...home.context(ENV), now: () => seconds * 1000 }, { storage, verify: "false" });
  await at(1_800_000_000, "plaintext");
  const before = readFileSync(home.config, "utf8");
  await at(1_800_000_001, "memory");
  await at(1_800_000_002, "memory");
  home.writeConfig(before);
  await at(1_800_086_400, "memory");
  expect(home.readConfig()).toEqual({ credHelpers: { [HOST]: "registry-login" } });
  expect(holding(home.folder)).toEqual([]);
});
