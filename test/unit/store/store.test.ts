import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openStore } from "../../../src/store/open-store.ts";
import type { VaultStorage } from "../../../src/store/state.ts";
import type { Change, Store } from "../../../src/store/store.ts";
import type { Entry, Origin } from "../../../src/store/vault.ts";
import { filesBelow, makeHome, type TempHome, writtenFiles } from "../../support/temp-home.ts";
import { entryFor as entry } from "../../support/vault-entry.ts";

const registration = (host: string, storage: VaultStorage = "memory") => ({
  identifier: "A",
  host,
  source: "environment" as const,
  storage,
  verified: true,
  verifiedAt: null,
});

const saving = (saved: Entry, storage: VaultStorage = "memory", origin: Origin = "discovered") => ({
  entry: saved,
  storage,
  origin,
});

/** A change that says nothing of clients' files. */
function change(store: Store, given: Partial<Change<string>> = {}): Change<string> {
  return {
    save: [],
    registrations: store.registrations,
    isObsolete: () => false,
    updateClients: async () => ({ result: "done", configFiles: store.configFiles, journal: store.journal }),
    ...given,
  };
}

function stateFolder(home: TempHome): string {
  return join(home.folder, ".local/state/registry-login");
}

describe("what one command commits, the next one finds:", () => {
  test.each(["memory", "disk"] as const)("credential, token and registration, in %s", async (storage) => {
    const home = makeHome();
    const store = openStore(home.context());
    const registrations = [registration("ghcr.io", storage)];
    const { result } = await store.commit(() =>
      change(store, { save: [saving(entry("ghcr.io"), storage)], registrations }),
    );
    store.tokens(storage)?.write("name", { secret: "t", issuedAt: 1, expiresAt: 2 });
    const next = openStore(home.context());
    expect([result, next.registrations]).toEqual(["done", registrations]);
    expect(next.find("ghcr.io")).toMatchObject({ entry: entry("ghcr.io"), origin: "discovered", storage });
    expect(next.credentialOf({ host: "ghcr.io", storage })).toEqual(next.find("ghcr.io"));
    expect(next.tokens(storage)?.read("name")).toMatchObject({ secret: "t" });
    expect(existsSync(join(stateFolder(home), "vault"))).toBe(storage === "disk");
  });
});

test("what a person stored is served first, in whichever vault it is", async () => {
  const home = makeHome();
  const store = openStore(home.context());
  await store.commit(() => change(store, { save: [saving(entry("ghcr.io", "found"))] }));
  await store.commit(() => change(store, { save: [saving(entry("ghcr.io", "stored"), "disk", "stored")] }));
  expect(store.find("ghcr.io")?.entry.secret).toBe("stored");
  expect(store.entries().map(({ entry: { secret } }) => secret)).toEqual(["stored", "found"]);
  expect(store.find("quay.io")).toBeNull();
});

test("clients' files are edited when the new credential is saved and the old one still there", async () => {
  const home = makeHome();
  const store = openStore(home.context());
  await store.commit(() => change(store, { save: [saving(entry("old.example"))] }));
  const seen: (string | undefined)[] = [];
  await store.commit(() =>
    change(store, {
      save: [saving(entry("new.example"))],
      isObsolete: (saved) => saved.entry.host === "old.example",
      updateClients: async (record) => {
        seen.push(...["old.example", "new.example"].map((host) => store.find(host)?.entry.host));
        record([{ file: "/config.json", key: "new.example", sha256: "0a", since: null }], "/config.json", []);
        // Another process, or the next one after a kill, reads the journal before the file is written.
        seen.push(...openStore(home.context()).journal.map(({ key }) => `journal: ${key}`));
        return { result: "done", configFiles: store.configFiles, journal: store.journal };
      },
    }),
  );
  expect(seen).toEqual(["old.example", "new.example", "journal: new.example"]);
  expect(store.entries().map(({ entry: { host } }) => host)).toEqual(["new.example"]);
  expect(store.configFiles).toEqual(["/config.json"]);
});

test("when the clients' files cannot be edited, the obsolete credential is removed anyway", async () => {
  const home = makeHome();
  const store = openStore(home.context());
  await store.commit(() => change(store, { save: [saving(entry("ghcr.io", "rejected"))] }));
  const failing = store.commit(() =>
    change(store, { isObsolete: () => true, updateClients: () => Promise.reject(new Error("a bug")) }),
  );
  await expect(failing).rejects.toThrow("a bug");
  expect(openStore(home.context()).entries()).toEqual([]);
});

test("a commit sees what another process committed since the store was opened", async () => {
  const home = makeHome();
  const [one, two] = [openStore(home.context()), openStore(home.context())];
  await one.commit(() =>
    change(one, { save: [saving(entry("a.example"))], registrations: [registration("a.example")] }),
  );
  await two.commit(() =>
    change(two, {
      save: [saving(entry("b.example"))],
      registrations: [...two.registrations, registration("b.example")],
    }),
  );
  const hosts = openStore(home.context()).registrations.map(({ host }) => host);
  expect(hosts).toEqual(["a.example", "b.example"]);
  expect(readdirSync(home.memory)).toHaveLength(1);
});

test("where there is nothing to write down, no folder is made", async () => {
  const home = makeHome();
  const store = openStore(home.context());
  await store.commit(() => change(store));
  expect(readdirSync(home.folder)).toEqual([]);
});

test("an empty store removes its state file and its vaults", async () => {
  const home = makeHome();
  const store = openStore(home.context());
  await store.commit(() => change(store, { save: [saving(entry("ghcr.io")), saving(entry("quay.io"), "disk")] }));
  const { removedFolders } = await store.commit(() =>
    change(store, {
      updateClients: async () => ({ result: "done", configFiles: [], journal: [], isEmpty: true }),
    }),
  );
  expect(removedFolders).toHaveLength(2);
  expect([readdirSync(home.memory), filesBelow(home.folder)]).toEqual([[], []]);
});

test("a vault that others could read is reported, and not used", async () => {
  const home = makeHome();
  const store = openStore(home.context());
  await store.commit(() => change(store, { save: [saving(entry("ghcr.io"))] }));
  const [name = ""] = readdirSync(home.memory);
  chmodSync(join(home.memory, name), 0o755);
  const next = openStore(home.context());
  expect([next.problem?.code, next.find("ghcr.io")]).toEqual(["vault-open", null]);
  await next.prepare("memory");
  expect([next.problem, readdirSync(home.memory)]).toEqual([null, expect.arrayContaining([name, expect.any(String)])]);
});

describe("the cached answers", () => {
  const answerFile = (home: TempHome, name: string): string => join(stateFolder(home), "answers", name);
  const NOW = Date.UTC(2030, 0, 1) / 1000;
  const at = (home: TempHome): Store => openStore({ ...home.context(), now: () => NOW * 1000 });

  test("follow each commit, for every key of a registry", async () => {
    const home = makeHome();
    const store = at(home);
    await store.commit(() => change(store, { save: [saving(entry("docker.io")), saving(entry("ghcr.io", "old"))] }));
    await store.commit(() => change(store, { save: [saving(entry("ghcr.io", "new"))] }));
    expect(readdirSync(join(stateFolder(home), "answers")).sort()).toEqual([
      "docker.io",
      "ghcr.io",
      "https+index.docker.io+v1",
      "registry-1.docker.io",
      "registry.hub.docker.com",
    ]);
    expect(readFileSync(answerFile(home, "ghcr.io"), "utf8").split("\n")[0]).toBe(
      '{"ServerURL":"ghcr.io","Username":"bob","Secret":"new"}',
    );
    await store.commit(() => change(store, { isObsolete: (saved) => saved.entry.host === "ghcr.io" }));
    expect(existsSync(answerFile(home, "ghcr.io"))).toBe(false);
  });

  test("a credential is fresh and valid until shortly before its expiry", async () => {
    const home = makeHome();
    const store = at(home);
    await store.commit(() => change(store, { save: [saving(entry("a.azurecr.io", "s", { expiresAt: NOW + 3600 }))] }));
    expect(readFileSync(answerFile(home, "a.azurecr.io"), "utf8").split("\n")[1]).toBe(String(NOW + 3540));
  });

  test.each([
    ["expired", { expiresAt: NOW - 1 }],
    ["read from the environment each time", { githubToken: true }],
  ])("there is none of a credential that is %s", async (_, more) => {
    const home = makeHome();
    const store = at(home);
    await store.commit(() => change(store, { save: [saving(entry("ghcr.io", "s", more))] }));
    expect(existsSync(answerFile(home, "ghcr.io"))).toBe(false);
  });

  test("one host's is refreshed without touching the others", async () => {
    const home = makeHome();
    const store = at(home);
    await store.commit(() => change(store, { save: [saving(entry("ghcr.io")), saving(entry("quay.io"))] }));
    utimesSync(answerFile(home, "ghcr.io"), 1, 1);
    utimesSync(answerFile(home, "quay.io"), 1, 1);
    const before = writtenFiles(home.memory);
    store.refreshAnswer("ghcr.io");
    const after = writtenFiles(home.memory);
    expect(Object.keys(after).filter((file) => after[file] !== before[file])).toEqual([
      expect.stringMatching(/answers\/ghcr\.io$/),
    ]);
  });

  test("a refresh after the login was removed brings neither an answer nor a vault back", async () => {
    const home = makeHome();
    const store = at(home);
    await store.commit(() => change(store, { save: [saving(entry("ghcr.io"))] }));
    for (const name of readdirSync(home.memory)) rmSync(join(home.memory, name), { recursive: true });
    store.refreshAnswer("ghcr.io");
    expect(readdirSync(home.memory)).toEqual([]);
  });

  test("in a vault in memory nothing of it reaches the disk", async () => {
    const home = makeHome();
    const store = at(home);
    await store.commit(() =>
      change(store, { save: [saving(entry("quay.io", "on-disk"), "disk"), saving(entry("ghcr.io", "in-memory"))] }),
    );
    store.refreshAnswer("quay.io");
    const texts = filesBelow(home.folder).map((file) => readFileSync(file, "utf8"));
    expect(texts.filter((text) => text.includes("in-memory"))).toEqual([]);
    expect(readFileSync(answerFile(home, "quay.io"), "utf8")).toContain("on-disk");
  });
});

test("a state file that is damaged is replaced by the next commit", async () => {
  const home = makeHome();
  const store = openStore(home.context());
  await store.commit(() => change(store, { registrations: [registration("ghcr.io")] }));
  writeFileSync(join(stateFolder(home), "state.json"), "{");
  const next = openStore(home.context());
  await next.commit(() => change(next, { registrations: [registration("quay.io")] }));
  expect(openStore(home.context()).registrations.map(({ host }) => host)).toEqual(["quay.io"]);
});

describe("what would be too large to be read again", () => {
  const many = Array.from({ length: 3000 }, (_, nth) => registration(`r${nth}.example.com`, "disk"));

  test("registrations are not saved, and nothing else of the change is", async () => {
    const home = makeHome();
    const store = openStore(home.context());
    const registrations = [registration("ghcr.io", "disk")];
    await store.commit(() => change(store, { save: [saving(entry("ghcr.io"), "disk")], registrations }));
    const before = filesBelow(home.folder).map((file) => [file, readFileSync(file, "utf8")]);
    const commit = store.commit(() =>
      change(store, {
        save: [saving(entry("quay.io"), "disk")],
        registrations: many,
        isObsolete: () => true,
        updateClients: () => Promise.reject(new Error("clients' files are edited")),
      }),
    );
    await expect(commit).rejects.toMatchObject({
      code: "too-large-to-save",
      hint: "log out of registries that are not in use, with registry-login logout HOST",
    });
    expect(filesBelow(home.folder).map((file) => [file, readFileSync(file, "utf8")])).toEqual(before);
    expect(openStore(home.context()).registrations).toEqual(registrations);
  });

  test("a journal is not written, and the state file stays", async () => {
    const home = makeHome();
    const store = openStore(home.context());
    const registrations = [registration("ghcr.io", "disk")];
    await store.commit(() => change(store, { registrations }));
    const entries = many.map(({ host }) => ({ file: "/config.json", key: host, sha256: "a".repeat(300), since: null }));
    const commit = store.commit(() =>
      change(store, {
        updateClients: async (record) => {
          record(entries, null, []);
          throw new Error("clients' files are edited");
        },
      }),
    );
    await expect(commit).rejects.toMatchObject({ code: "too-large-to-save" });
    expect(openStore(home.context()).registrations).toEqual(registrations);
  });

  test("a credential is not saved, and the one before it stays", async () => {
    const home = makeHome();
    const store = openStore(home.context());
    const save = (secret: string) =>
      store.commit(() => change(store, { save: [saving({ ...entry("ghcr.io"), secret }, "disk", "stored")] }));
    await save("short");
    await expect(save("x".repeat(512 * 1024))).rejects.toMatchObject({ code: "too-large-to-save" });
    expect(openStore(home.context()).find("ghcr.io")?.entry.secret).toBe("short");
  });
});
