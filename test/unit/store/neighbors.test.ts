import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { logout } from "../../../src/commands/logout/logout.ts";
import { status } from "../../../src/commands/status/status.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { getFor } from "../../support/helper.ts";
import { entriesBelow, filesBelow, logIn, makeHome, secrets, type TempHome } from "../../support/temp-home.ts";

// What other users of the machine can do to folders of ours, and what the commands then do.

const HOST = "registry.example.com";
const SECRETS = secrets("A", HOST, "bob", "planted-password");

const stateFolder = (home: TempHome): string => join(home.folder, ".local/state/registry-login");
const run = (home: TempHome, storage = "memory") => logIn(home.context(SECRETS), { storage, verify: "false" });

/** The folder of the memory vault. */
const vaultOf = (home: TempHome): string =>
  JSON.parse(readFileSync(join(stateFolder(home), "state.json"), "utf8")).memory;

/** What a login would have saved for a user who is not ours, as a trap. */
async function forge(home: TempHome): Promise<void> {
  const other = makeHome();
  await logIn(other.context(secrets("A", HOST, "eve", "a-trap")), { storage: "disk", verify: "false" });
  mkdirSync(dirname(stateFolder(home)), { recursive: true });
  renameSync(stateFolder(other), stateFolder(home));
}

const openings: Record<string, { code: string; open: (home: TempHome) => void; byRoot?: true }> = {
  "the state folder is writable for everybody": {
    code: "state-open",
    open: (home) => chmodSync(stateFolder(home), 0o777),
  },
  "the state folder is a symlink": {
    code: "state-open",
    open: (home) => {
      renameSync(stateFolder(home), join(home.folder, "elsewhere"));
      symlinkSync(join(home.folder, "elsewhere"), stateFolder(home));
    },
  },
  "a folder above it is writable for everybody": {
    code: "parent-open",
    open: (home) => chmodSync(join(home.folder, ".local"), 0o777),
  },
  "the home folder is writable for everybody": { code: "parent-open", open: (home) => chmodSync(home.folder, 0o777) },
  "the state folder belongs to another user": {
    code: "state-of-another",
    open: (home) => chownSync(stateFolder(home), 12_345, 12_345),
    byRoot: true,
  },
  "the home folder belongs to another user": {
    code: "parent-of-another",
    open: (home) => chownSync(home.folder, 12_345, 12_345),
    byRoot: true,
  },
};

const possible = Object.entries(openings).filter(([, { byRoot }]) => byRoot !== true || process.getuid?.() === 0);

describe.each(possible)("when %s", (_, { code, open }) => {
  test("nothing that is in it is used, and each command says why", async () => {
    const home = makeHome();
    await forge(home);
    expect(await getFor(home.context(), HOST)).toMatchObject({ user: "eve", secret: "a-trap" });
    open(home);
    const store = openStore(home.context());
    expect([store.entries(), store.registrations, store.problem?.code]).toEqual([[], [], code]);
    expect(await getFor(home.context(), HOST)).toMatchObject({
      secret: null,
      stderr: expect.stringContaining(stateFolder(home)),
    });
    expect(await status(home.context(), false)).toMatchObject({ stderr: expect.stringContaining(stateFolder(home)) });
    const flags = { hosts: [HOST], all: false };
    await expect(logout(home.context(), { ...flags, json: false })).rejects.toMatchObject({ code });
    const { stdout, exitCode } = await logout(home.context(), { ...flags, json: true });
    expect([JSON.parse(stdout), exitCode]).toMatchObject([{ hosts: [], failure: { code } }, 2]);
  });

  test.each(["memory", "disk"])("nothing is written into it, or into config.json, with storage %s", async (storage) => {
    const home = makeHome();
    await forge(home);
    open(home);
    const before = filesBelow(home.folder);
    expect((await run(home, storage)).registries).toMatchObject([{ outcome: "failed", code }]);
    expect([filesBelow(home.folder), home.readConfig(), filesBelow(home.memory)]).toEqual([before, null, []]);
  });
});

test("a state folder that others may only read is used, and closed by the next login", async () => {
  const home = makeHome();
  await run(home);
  chmodSync(stateFolder(home), 0o755);
  expect((await getFor(home.context(), HOST)).secret).toBe("planted-password");
  await run(home);
  expect(statSync(stateFolder(home)).mode & 0o777).toBe(0o700);
});

describe("a tmpfs in which others may rename everything", () => {
  test("gets no vault, and the hint says what to do", async () => {
    const home = makeHome();
    chmodSync(home.memory, 0o777);
    const { registries } = await run(home);
    expect(registries).toMatchObject([
      { outcome: "failed", code: "tmpfs-open", hint: expect.stringContaining("disk") },
    ]);
    expect([readdirSync(home.memory), home.readConfig()]).toEqual([[], null]);
    expect((await run(home, "disk")).registries).toMatchObject([{ code: null }]);
  });

  test("is passed over for the next one", async () => {
    const [home, next] = [makeHome(), makeHome()];
    chmodSync(home.memory, 0o777);
    const context = { ...home.context(SECRETS), memoryFolders: [home.memory, next.memory] };
    await logIn(context, { verify: "false" });
    expect([readdirSync(home.memory), readdirSync(next.memory)]).toEqual([
      [],
      [expect.stringMatching(/^registry-login-/)],
    ]);
  });

  test("loses the vault that an older version made there, which is not read any more", async () => {
    const [home, next] = [makeHome(), makeHome()];
    await run(home);
    const vault = vaultOf(home);
    chmodSync(home.memory, 0o777);
    expect(openStore(home.context()).problem?.code).toBe("parent-open");
    expect((await getFor(home.context(), HOST)).secret).toBeNull();
    const context = { ...home.context(SECRETS), memoryFolders: [home.memory, next.memory] };
    await logIn(context, { verify: "false" });
    expect([existsSync(vault), dirname(vaultOf(home))]).toEqual([false, next.memory]);
    expect((await getFor(context, HOST)).secret).toBe("planted-password");
  });

  test("holds nothing that is removed, where another user put a symlink in the vault's place", async () => {
    const home = makeHome();
    await run(home);
    const vault = vaultOf(home);
    rmSync(vault, { recursive: true });
    mkdirSync(join(home.folder, "mine"), { mode: 0o700 });
    writeFileSync(join(home.folder, "mine", "file"), "mine");
    symlinkSync(join(home.folder, "mine"), vault);
    chmodSync(home.memory, 0o777);
    await run(home);
    expect(readFileSync(join(home.folder, "mine", "file"), "utf8")).toBe("mine");
  });
});

describe("after a restart another user took the vault's name", () => {
  const traps: Record<string, (home: TempHome, vault: string) => void> = {
    "with a symlink to a folder of ours": (home, vault) => symlinkSync(join(home.folder, "mine"), vault),
    "with an open folder whose answers are a folder of ours": (home, vault) => {
      mkdirSync(vault);
      chmodSync(vault, 0o777);
      for (const name of ["answers", "stored", "discovered", "tokens"]) {
        symlinkSync(join(home.folder, "mine"), join(vault, name));
      }
    },
  };

  test.each(Object.entries(traps))("%s: nothing there is read, removed or written", async (_, trap) => {
    const home = makeHome();
    await run(home);
    const vault = vaultOf(home);
    rmSync(vault, { recursive: true });
    // It is opened while the name is free, as by a run that was slower than the other user.
    const store = openStore(home.context(SECRETS));
    mkdirSync(join(home.folder, "mine"), { mode: 0o700 });
    const entry = { version: 1, host: HOST, username: "eve", secret: "a-trap", expiresAt: null, identifier: "A" };
    for (const name of [`${HOST}.json`, HOST, ".x.registry-login-1"]) {
      writeFileSync(join(home.folder, "mine", name), JSON.stringify(entry));
    }
    const before = filesBelow(join(home.folder, "mine"));
    trap(home, vault);
    expect([store.find(HOST), store.entries()]).toEqual([null, []]);
    store.refreshAnswer(HOST);
    const { registrations, configFiles, journal } = store;
    await store.commit(() => ({
      save: [],
      registrations,
      isObsolete: () => true,
      updateClients: async () => ({ result: null, configFiles, journal }),
    }));
    expect(filesBelow(join(home.folder, "mine"))).toEqual(before);
    await run(home);
    expect(filesBelow(join(home.folder, "mine"))).toEqual(before);
    expect(await getFor(home.context(), HOST)).toMatchObject({ user: "bob", secret: "planted-password" });
    expect(entriesBelow(home.memory).some((file) => file.startsWith(`${vault}/`))).toBe(false);
  });
});
