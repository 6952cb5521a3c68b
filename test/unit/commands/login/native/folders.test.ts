import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { authOf } from "../../../../support/encoding.ts";
import { logIn, makeStoreHost, STORE_CONFIG } from "../../../../support/stores/scripted-store.ts";
import { secrets } from "../../../../support/temp-home.ts";

const HOST = "registry.example.com";
const [OLD, NEW] = ["planted-password", "new-password"];
const FILE_CONFIG = '{"auths":{"other.example.com":{"auth":"eDp5"}}}';

/** A machine with two folders for DOCKER_CONFIG: one whose docker has a store, and one without. */
function makeFolders() {
  const host = makeStoreHost();
  const folder = (name: string, config: string) => {
    const DOCKER_CONFIG = join(host.home.folder, name);
    mkdirSync(DOCKER_CONFIG);
    const file = join(DOCKER_CONFIG, "config.json");
    writeFileSync(file, config);
    const env = (password: string) => ({ ...secrets("A", HOST, "bob", password), DOCKER_CONFIG });
    return {
      logIn: async (password = OLD) =>
        expect(await logIn(host, env(password), "--no-verify")).toMatchObject({ code: null }),
      logOut: async () => await host.run(["logout", HOST], { DOCKER_CONFIG }),
      presents: async () => (await host.dockerLogin(HOST, { DOCKER_CONFIG }))?.secret ?? null,
      text: () => readFileSync(file, "utf8"),
    };
  };
  return { host, store: folder("store", STORE_CONFIG), file: folder("file", FILE_CONFIG) };
}

describe("two folders for DOCKER_CONFIG, one with a store and one without", () => {
  test.each([
    ["the store first", ["store", "file", "store"]],
    ["the file first", ["file", "store", "file"]],
  ] as const)("each login is put where its own docker looks: %s", async (_, order) => {
    const { host, ...folders } = makeFolders();
    for (const [i, name] of order.entries()) {
      await folders[name].logIn();
      if (i === 0) continue;
      expect([await folders.store.presents(), await folders.file.presents()]).toEqual([OLD, OLD]);
      expect(folders.store.text()).not.toContain(authOf("bob", OLD));
    }
    await folders[order[0]].logOut();
    expect([folders.store.text(), folders.file.text()]).toEqual([STORE_CONFIG, FILE_CONFIG]);
    expect(host.entries()).toEqual({});
    expect(Object.keys(host.snapshot()).filter((name) => name.includes("state"))).toEqual([]);
  });

  test("a new password replaces the old one in each folder, by its own login at the latest", async () => {
    const { host, store, file } = makeFolders();
    await store.logIn();
    await file.logIn();
    await file.logIn(NEW);
    expect(await file.presents()).toBe(NEW);
    await store.logIn(NEW);
    expect([await store.presents(), await file.presents()]).toEqual([NEW, NEW]);
    await store.logOut();
    expect([store.text(), file.text()]).toEqual([STORE_CONFIG, FILE_CONFIG]);
    expect(host.entries()).toEqual({});
  });

  test("a person's login in the store of one folder stays with what lists it, and the other folder is logged out", async () => {
    const { host, store, file } = makeFolders();
    await file.logIn();
    await store.logIn();
    host.put(HOST, "alice", "her-own-password");
    const listed = store.text();
    const { stdout } = await file.logOut();
    expect(stdout).not.toContain("docker-credential-scripted");
    expect(file.text()).toBe(FILE_CONFIG);
    expect(store.text()).toBe(listed);
    expect(await store.presents()).toBe("her-own-password");
  });
});
