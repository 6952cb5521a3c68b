import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { explain } from "../../../src/findings/finding.ts";
import { hidesRoot } from "../../../src/platform/owner.ts";
import { explainDistrust, explainExchange, insideOwnFolder } from "../../../src/platform/trust.ts";
import { tempFolder } from "../../support/temp-home.ts";

const RULES = {
  privacy: "unwritable",
  explainOpen: (folder: string) => explain("state-open", { folder }),
  explainOwner: (folder: string, uid: number) => explain("state-of-another", { folder, uid }),
} as const;

const OTHER = 12_345;
/** Only root can give files away. */
const isRoot = process.getuid?.() === 0;

/** `a/b/folder` below a folder that is removed at the end. */
function nested(): { top: string; above: string; folder: string } {
  const top = tempFolder();
  const above = join(top, "a", "b");
  const folder = join(above, "folder");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return { top, above, folder };
}

const codeOf = (folder: string, privacy: "unreadable" | "unwritable" = "unwritable") =>
  explainDistrust(folder, { ...RULES, privacy })?.code ?? null;

describe("a folder of ours", () => {
  test("is trusted in a sticky folder that everybody writes to, as /tmp is", () => {
    expect(codeOf(nested().folder)).toBeNull();
  });

  test("that does not exist yet is judged by the folders above it", () => {
    const { top, above } = nested();
    expect(codeOf(join(above, "none", "yet"))).toBeNull();
    chmodSync(join(top, "a"), 0o777);
    expect(codeOf(join(above, "none", "yet"))).toBe("parent-open");
  });

  test.each([
    ["0700", 0o700, null, null],
    ["0755", 0o755, null, "state-open"],
    ["0711", 0o711, null, "state-open"],
    ["0722", 0o722, "state-open", "state-open"],
    ["0777", 0o777, "state-open", "state-open"],
    ["1777", 0o1777, "state-open", "state-open"],
  ])("with the mode %s", (_, mode, unwritable, unreadable) => {
    const { folder } = nested();
    chmodSync(folder, mode);
    expect([codeOf(folder), codeOf(folder, "unreadable")]).toEqual([unwritable, unreadable]);
  });

  test.each([
    ["writable by others", 0o777, "parent-open"],
    ["writable by others, and sticky", 0o1777, null],
    ["readable by others", 0o755, null],
  ])("below a folder that is %s", (_, mode, code) => {
    const { top, folder } = nested();
    chmodSync(join(top, "a"), mode);
    expect(codeOf(folder)).toBe(code);
  });

  test("that is a symlink or a file is not trusted", () => {
    const { above, folder } = nested();
    symlinkSync(folder, join(above, "link"));
    writeFileSync(join(above, "file"), "");
    expect([codeOf(join(above, "link")), codeOf(join(above, "file"))]).toEqual(["state-open", "state-open"]);
  });
});

describe("symlinks above a folder", () => {
  test("are followed, and what they lead through counts", () => {
    const { top, above } = nested();
    symlinkSync(above, join(top, "absolute"));
    symlinkSync("a/../a/b", join(top, "relative"));
    const folders = [join(top, "absolute", "folder"), join(top, "relative", "folder")];
    expect(folders.map((each) => codeOf(each))).toEqual([null, null]);
    chmodSync(join(top, "a"), 0o777);
    expect(folders.map((each) => codeOf(each))).toEqual(["parent-open", "parent-open"]);
  });

  test("in a loop lead nowhere, which is not trusted or distrusted", () => {
    const { top } = nested();
    symlinkSync("loop", join(top, "loop"));
    expect(codeOf(join(top, "loop", "folder"))).toBeNull();
  });
});

describe.runIf(isRoot)("what another user owns", () => {
  test("is not trusted: the folder, one above it, and a symlink above it", () => {
    const { top, above, folder } = nested();
    symlinkSync(above, join(top, "link"));
    chownSync(folder, OTHER, OTHER);
    expect(codeOf(folder)).toBe("state-of-another");
    chownSync(folder, 0, 0);
    chownSync(join(top, "a"), OTHER, OTHER);
    expect(codeOf(folder)).toBe("parent-of-another");
    chownSync(join(top, "a"), 0, 0);
    expect(codeOf(folder)).toBeNull();
    lchownSync(join(top, "link"), OTHER, OTHER);
    expect(codeOf(join(top, "link", "folder"))).toBe("parent-of-another");
  });

  test.each([
    ["root's group", 0, null],
    ["a group of others", OTHER, "parent-open"],
  ])("is a folder that %s may write to", (_, gid, code) => {
    const { above, folder } = nested();
    chownSync(above, 0, gid);
    chmodSync(above, 0o2775);
    expect(codeOf(folder)).toBe(code);
  });
});

test("the finding names the folder, and the one that lets others in", () => {
  const { top, folder } = nested();
  chmodSync(join(top, "a"), 0o777);
  expect(explainExchange(join(top, "a"), folder)?.message).toBe(
    `${folder} is not used: other users can write to ${join(top, "a")}, and so could replace it`,
  );
});

describe("insideOwnFolder", () => {
  test("stays in the same folder while others exchange its path", () => {
    const { above, folder } = nested();
    writeFileSync(join(folder, "file"), "ours");
    const trap = join(above, "trap");
    mkdirSync(trap);
    writeFileSync(join(trap, "file"), "a trap");
    const seen = insideOwnFolder(folder, (here) => {
      renameSync(folder, join(above, "moved"));
      symlinkSync(trap, folder);
      writeFileSync(join(here, "new"), "secret");
      renameSync(join(here, "new"), join(here, "renamed"));
      return readFileSync(join(here, "file"), "utf8");
    });
    expect([seen, readdirSync(trap)]).toEqual(["ours", ["file"]]);
    expect(readFileSync(join(above, "moved", "renamed"), "utf8")).toBe("secret");
  });

  test("does not enter what is missing, a symlink, a file, or open to others", () => {
    const { above, folder } = nested();
    symlinkSync(folder, join(above, "link"));
    writeFileSync(join(above, "file"), "");
    const entered = (path: string): boolean => insideOwnFolder(path, () => true) ?? false;
    expect(entered(folder)).toBe(true);
    expect(["none", "link", "file"].filter((name) => entered(join(above, name)))).toEqual([]);
    chmodSync(folder, 0o777);
    expect(entered(folder)).toBe(false);
  });

  test("passes on what is thrown inside, and leaves no handle behind", () => {
    const { folder } = nested();
    const count = (): number => readdirSync("/proc/self/fd").length;
    const before = count();
    expect(() =>
      insideOwnFolder(folder, () => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(count()).toBe(before);
  });
});

// Seen with user_namespaces(7): in the first three rows of a namespace, the folders of the machine's root have this id.
describe("the id of nobody counts as root's", () => {
  const NOBODY = 65_534;
  const PODMAN = "         0       1000          1\n         1     100000      65536\n";

  test.each<[string, string | null, number, boolean]>([
    ["next to rootless podman on the machine", PODMAN, NOBODY, true],
    ["next to rootless podman with one id", "         0       1000          1\n", NOBODY, true],
    ["before the namespace has a map", "", NOBODY, true],
    ["in a container of rootless podman, which has that user", PODMAN, 0, false],
    ["in one with --userns=keep-id", "0 1 1000\n1000 0 1\n1001 1001 64536\n", 0, false],
    ["in a container of docker's userns-remap", "         0     100000      65536\n", 0, false],
    ["in a container that has only one id", "         0       1000          1\n", 0, true],
    ["in a namespace that maps the ids below it", "0 100000 65534\n", 0, true],
    ["in one that maps the ids below and above it", "0 100000 65534\n65535 200000 65536\n", 0, true],
    ["in one that maps it alone", "0 1000 1\n65534 200000 1\n", 0, false],
    ["on the machine", "         0          0 4294967295\n", 0, false],
    ["on a machine whose root folder nobody owns", "         0          0 4294967295\n", NOBODY, false],
    ["without user namespaces", null, NOBODY, false],
  ])("%s: with the map %j and the root folder of %i: %s", (_, map, ownerOfTop, expected) => {
    expect(hidesRoot(NOBODY, map, ownerOfTop)).toBe(expected);
  });
});
