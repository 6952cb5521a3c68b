import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/findings/user-error.ts";
import { memoryFolders, newMemoryVaultFolder } from "../../../src/store/location.ts";
import { openVault } from "../../../src/store/vault.ts";
import { filesBelow, makeHome, tempFolder, writtenFiles } from "../../support/temp-home.ts";
import { entryFor as entry } from "../../support/vault-entry.ts";

const TMPFS = 0x01021994;

const newVault = (): string => join(tempFolder(), "vault");
const mode = (path: string): number => statSync(path).mode & 0o7777;

describe("an entry", () => {
  test.each([
    ["ghcr.io", "ghcr.io"],
    ["a port", "localhost:5000"],
    ["an IPv6 address", "[::1]:5000"],
    ["the name of an object's property", "constructor"],
    ["the longest of names", `${"a".repeat(60)}.`.repeat(4).concat("example")],
  ])("for %s can be read back", (_, host) => {
    const vault = openVault(newVault());
    expect(vault.read("discovered", host)).toBeNull();
    vault.write("discovered", entry(host, "pässword\n🔑"));
    expect(vault.read("discovered", host)).toEqual(entry(host, "pässword\n🔑"));
    expect(vault.list("discovered")).toEqual([entry(host, "pässword\n🔑")]);
    vault.remove("discovered", host);
    vault.remove("discovered", host);
    expect(vault.list("discovered")).toEqual([]);
  });

  test("is readable for its owner only, in folders for their owner only", () => {
    const folder = newVault();
    openVault(folder).write("discovered", entry("ghcr.io"));
    const [file = "", ...others] = filesBelow(folder);
    expect(others).toEqual([]);
    expect([mode(file), mode(dirname(file)), mode(folder)]).toEqual([0o600, 0o700, 0o700]);
  });

  test("that already exists is not written again", () => {
    const folder = newVault();
    openVault(folder).write("discovered", entry("ghcr.io"));
    const files = writtenFiles(folder);
    openVault(folder).write("discovered", entry("ghcr.io"));
    expect(writtenFiles(folder)).toEqual(files);
  });

  test("that is broken counts as missing", () => {
    const folder = newVault();
    const vault = openVault(folder);
    vault.write("discovered", entry("ghcr.io"));
    writeFileSync(filesBelow(folder)[0] ?? "", '{"version":1,"host":"ghcr.io"');
    expect(vault.read("discovered", "ghcr.io")).toBeNull();
    expect(vault.list("discovered")).toEqual([]);
  });
});

test.each([0o755, 0o750, 0o701, 0o777, 0o720])("a folder with the mode %o is rejected as a vault", (bits) => {
  const folder = newVault();
  openVault(folder).write("discovered", entry("ghcr.io"));
  chmodSync(folder, bits);
  expect(() => openVault(folder)).toThrow(UserError);
});

test("a symlink is rejected as a vault, wherever it points", () => {
  const folder = newVault();
  mkdirSync(folder, { mode: 0o700 });
  symlinkSync(folder, `${folder}.link`);
  expect(() => openVault(`${folder}.link`)).toThrow(UserError);
});

test("a file or a folder of another user is rejected as a vault", () => {
  const folder = newVault();
  writeFileSync(folder, "", { mode: 0o600 });
  expect(() => openVault(folder)).toThrow(UserError);
  const foreign = newVault();
  mkdirSync(foreign, { mode: 0o700 });
  // Only root can give folders away; to anybody else root's own are foreign.
  if (process.getuid?.() === 0) chownSync(foreign, 12345, 12345);
  expect(() => openVault(process.getuid?.() === 0 ? foreign : "/root")).toThrow(UserError);
});

test("a symlink created between opening and writing gets no secret", () => {
  const folder = newVault();
  const vault = openVault(folder);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  expect(() => vault.write("discovered", entry("ghcr.io", "trapped-secret"))).toThrow(UserError);
  expect(filesBelow(folder)).toEqual([]);
});

test("a symlink instead of the vault is not followed, and its target stays as it is", async () => {
  const folder = newVault();
  const elsewhere = tempFolder();
  const vault = openVault(folder);
  symlinkSync(elsewhere, folder);
  expect(() => vault.write("discovered", entry("ghcr.io"))).toThrow(UserError);
  await expect(vault.tokens.withLock("a", async () => 0, 0)).rejects.toBeInstanceOf(UserError);
  expect(readdirSync(elsewhere)).toEqual([]);
});

test("a vault in a folder where others could replace it is rejected", () => {
  const parent = tempFolder();
  const folder = join(parent, "vault");
  openVault(folder).write("discovered", entry("ghcr.io"));
  chmodSync(parent, 0o777);
  expect(() => openVault(folder)).toThrow(expect.objectContaining({ code: "parent-open" }));
  chmodSync(parent, 0o1777);
  expect(openVault(folder).read("discovered", "ghcr.io")).toEqual(entry("ghcr.io"));
});

test("nothing is read from, listed in or removed from a folder that others can write to by now", () => {
  const folder = newVault();
  const vault = openVault(folder);
  vault.write("discovered", entry("ghcr.io"));
  const files = filesBelow(folder);
  chmodSync(folder, 0o777);
  vault.remove("discovered", "ghcr.io");
  vault.tokens.retain(new Set());
  expect([vault.read("discovered", "ghcr.io"), vault.list("discovered"), filesBelow(folder)]).toEqual([
    null,
    [],
    files,
  ]);
});

test("the entry of a host that was renamed to another host's is not that host's", () => {
  const folder = newVault();
  const vault = openVault(folder);
  vault.write("discovered", entry("ghcr.io"));
  renameSync(join(folder, "discovered", "ghcr.io.json"), join(folder, "discovered", "evil.example.json"));
  expect(vault.read("discovered", "evil.example")).toBeNull();
});

describe("the memory vault", () => {
  test("is created where no other user can replace it, or not at all", () => {
    const { memory } = makeHome();
    const [open, sticky] = [join(memory, "open"), join(memory, "sticky")];
    for (const each of [open, sticky]) mkdirSync(each);
    chmodSync(open, 0o777);
    chmodSync(sticky, 0o1777);
    expect(dirname(newMemoryVaultFolder([open, sticky]))).toBe(sticky);
    expect(dirname(newMemoryVaultFolder([open, memory]))).toBe(memory);
    expect(() => newMemoryVaultFolder([open])).toThrow(expect.objectContaining({ code: "tmpfs-open" }));
    mkdirSync(join(open, "below"));
    expect(() => newMemoryVaultFolder([join(open, "below")])).toThrow(expect.objectContaining({ code: "tmpfs-open" }));
  });

  test("is not in /dev/shm if that is the machine's, and another tmpfs will do", () => {
    const own = ["/run/registry-login", "/run/user/1000"];
    expect(memoryFolders(1000, "ipc:[4026532178]")).toEqual([...own, "/dev/shm", "/tmp"]);
    expect(memoryFolders(1000, "")).toEqual([...own, "/dev/shm", "/tmp"]);
    expect(memoryFolders(1000, "ipc:[4026531839]")).toEqual([...own, "/tmp", "/dev/shm"]);
  });

  test("is on tmpfs, under a new name each time", () => {
    const { memory } = makeHome();
    const [one, two] = [newMemoryVaultFolder([memory]), newMemoryVaultFolder([memory])];
    expect(one).not.toBe(two);
    openVault(one).write("discovered", entry("ghcr.io"));
    expect(statfsSync(one).type).toBe(TMPFS);
    expect(readdirSync(memory)).toHaveLength(1);
  });

  test("skips folders that are missing or not in memory", () => {
    const { memory } = makeHome();
    expect(newMemoryVaultFolder(["/no/such/folder", "/proc", memory])).toMatch(memory);
  });

  test("without one the error says what to do", () => {
    expect(() => newMemoryVaultFolder(["/no/such/folder", "/proc"])).toThrow(/\/no\/such\/folder, \/proc/);
    try {
      newMemoryVaultFolder([]);
    } catch (error) {
      expect((error as UserError).hint).toContain("disk");
    }
  });
});
