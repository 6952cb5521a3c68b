import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { explain } from "../../../src/findings/finding.ts";
import { UserError } from "../../../src/findings/user-error.ts";
import { cleanUpAround, editSharedFile } from "../../../src/platform/shared-file.ts";
import { filesBelow, makeHome, type TempHome, tempFolder, writtenFiles } from "../../support/temp-home.ts";

const mode = (path: string): number => statSync(path).mode & 0o7777;
/** Edits a file by a function of its text alone. @returns whether it was written */
async function editText(file: string, edit: (text: string | null) => string, holdsSecret = false): Promise<boolean> {
  return (await editSharedFile(file, (text) => ({ text: edit(text), holdsSecret }))).changed;
}

const write = (file: string, text = "new"): Promise<boolean> => editText(file, () => text);

describe("a missing file", () => {
  test("is created with its folders for its owner only", async () => {
    const file = join(tempFolder(), "a", "b", "config.json");
    expect(await write(file)).toBe(true);
    expect([mode(file), mode(dirname(file)), mode(dirname(dirname(file)))]).toEqual([0o600, 0o700, 0o700]);
  });

  test("is not created without content", async () => {
    const file = join(tempFolder(), "a", "config.json");
    expect(await write(file, "")).toBe(false);
    expect(existsSync(dirname(file))).toBe(false);
  });
});

test.each([0o644, 0o640, 0o600, 0o664])("the mode %o is kept", async (bits) => {
  const home = makeHome();
  home.writeConfig("old");
  chmodSync(home.config, bits);
  await write(home.config);
  expect(readFileSync(home.config, "utf8")).toBe("new");
  expect(mode(home.config)).toBe(bits);
});

test("group and others lose their permissions before a secret is written", async () => {
  const home = makeHome();
  home.writeConfig("old");
  chmodSync(home.config, 0o664);
  await editText(home.config, () => "secret", true);
  expect([readFileSync(home.config, "utf8"), mode(home.config)]).toEqual(["secret", 0o600]);
});

test("owner and group are kept", async () => {
  const home = makeHome();
  home.writeConfig("old");
  const { uid, gid } = statSync(home.config);
  // Only root can give files away; anybody else checks that nothing goes wrong with their own.
  const owner = uid === 0 ? { uid: 12345, gid: 23456 } : { uid, gid };
  chownSync(home.config, owner.uid, owner.gid);
  await write(home.config);
  expect(statSync(home.config)).toMatchObject(owner);
});

test("no temporary file is left in its folder", async () => {
  const home = makeHome();
  home.writeConfig("old");
  writeFileSync(join(dirname(home.config), ".config.json.registry-login-999999"), "draft of a run that was killed");
  await write(home.config);
  expect(readdirSync(dirname(home.config))).toEqual(["config.json"]);
});

test("an unchanged text is not written", async () => {
  const home = makeHome();
  home.writeConfig("old");
  const files = writtenFiles(home.folder);
  expect(await editText(home.config, (text) => text ?? "")).toBe(false);
  expect(writtenFiles(home.folder)).toEqual(files);
});

test("a failed edit does not change the file", async () => {
  const home = makeHome();
  home.writeConfig("old");
  const files = writtenFiles(home.folder);
  const edit = editText(home.config, () => {
    throw new UserError(explain("server-empty"));
  });
  await expect(edit).rejects.toThrow("the server is empty");
  expect(writtenFiles(home.folder)).toEqual(files);
  expect(readdirSync(dirname(home.config))).toEqual(["config.json"]);
});

describe("symlinks are kept, and their target is written", () => {
  test.each(["absolute", "relative"])("config.json, %s", async (kind) => {
    const home = makeHome();
    const target = join(home.folder, "shared.json");
    writeFileSync(target, "old", { mode: 0o640 });
    mkdirSync(dirname(home.config));
    symlinkSync(kind === "absolute" ? target : "../shared.json", home.config);
    await write(home.config);
    expect(lstatSync(home.config).isSymbolicLink()).toBe(true);
    expect([readFileSync(target, "utf8"), mode(target)]).toEqual(["new", 0o640]);
    expect(readdirSync(dirname(home.config))).toEqual(["config.json"]);
  });

  test("the folder", async () => {
    const home = makeHome();
    mkdirSync(join(home.folder, "persisted"));
    symlinkSync("persisted", dirname(home.config));
    await write(home.config);
    expect(readlinkSync(dirname(home.config))).toBe("persisted");
    expect(readFileSync(join(home.folder, "persisted", "config.json"), "utf8")).toBe("new");
  });

  test.each(["config.json", ".docker"])("a dangling one as %s", async (name) => {
    const home = makeHome();
    const file = name === ".docker" ? dirname(home.config) : home.config;
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(join(home.folder, "later", "target"), file);
    await write(home.config);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(home.config, "utf8")).toBe("new");
  });

  test("a chain of them", async () => {
    const home = makeHome();
    writeFileSync(join(home.folder, "end"), "old");
    symlinkSync("end", join(home.folder, "middle"));
    mkdirSync(dirname(home.config));
    symlinkSync("../middle", home.config);
    await write(home.config);
    expect(readFileSync(join(home.folder, "end"), "utf8")).toBe("new");
  });

  test("a loop is reported and not followed indefinitely", async () => {
    const home = makeHome();
    mkdirSync(dirname(home.config));
    symlinkSync("config.json", home.config);
    await expect(write(home.config)).rejects.toBeInstanceOf(UserError);
  });
});

// Only root can make a link that belongs to a different user.
describe.runIf(process.getuid?.() === 0)("where another user could have made it", () => {
  const OTHER = 12_345;
  const openFolder = (home: TempHome): void => {
    mkdirSync(dirname(home.config));
    chmodSync(dirname(home.config), 0o777);
  };

  test.each(["config.json", ".docker"])(
    "a symlink as %s is not followed, and nothing is written where it leads",
    async (name) => {
      const home = makeHome();
      const mine = join(home.folder, "mine");
      mkdirSync(mine);
      writeFileSync(join(mine, "config.json"), "mine");
      if (name === "config.json") openFolder(home);
      else chmodSync(home.folder, 0o777);
      const link = name === "config.json" ? home.config : dirname(home.config);
      symlinkSync(name === "config.json" ? join(mine, "config.json") : mine, link);
      lchownSync(link, OTHER, OTHER);
      await expect(write(home.config)).rejects.toMatchObject({ code: "link-of-another" });
      expect(filesBelow(mine).map((file) => readFileSync(file, "utf8"))).toEqual(["mine"]);
      expect(readdirSync(mine)).toEqual(["config.json"]);
    },
  );

  test("a file gets no secret, which its owner could read, but the name of a credential helper", async () => {
    const home = makeHome();
    openFolder(home);
    writeFileSync(home.config, "old", { mode: 0o644 });
    chownSync(home.config, OTHER, OTHER);
    await expect(editText(home.config, () => "a-secret", true)).rejects.toMatchObject({ code: "file-of-another" });
    expect(readFileSync(home.config, "utf8")).toBe("old");
    expect(await write(home.config)).toBe(true);
    expect([readFileSync(home.config, "utf8"), statSync(home.config).uid]).toEqual(["new", OTHER]);
  });

  const LIVING = JSON.stringify({
    pid: process.ppid,
    started: readFileSync(`/proc/${process.ppid}/stat`, "utf8").split(") ")[1]?.split(" ")[19],
    namespace: readlinkSync("/proc/self/ns/pid"),
  });

  const STALE = '"started":"1"';

  test.each<[string, (lock: string) => void]>([
    ["a folder", (lock) => mkdirSync(lock)],
    ["a lock that names a living process", (lock) => writeFileSync(lock, LIVING)],
    [
      "the marker of a process that takes a stale lock over",
      (marker) => {
        writeFileSync(marker.replace(/\.break$/, ""), LIVING.replace(/"started":"[0-9]+"/, STALE));
        mkdirSync(marker);
      },
    ],
  ])(
    "%s is not waited for: the file is edited without a lock, and what killed runs left is removed",
    async (what, make) => {
      const home = makeHome();
      openFolder(home);
      chmodSync(dirname(home.config), 0o1777);
      const theirs = `${home.config}.registry-login.lock${what.startsWith("the marker") ? ".break" : ""}`;
      make(theirs);
      chownSync(theirs, OTHER, OTHER);
      const temporaryFiles = [process.ppid, 4_000_000_000].map((pid) => `.config.json.registry-login-${pid}`);
      for (const name of temporaryFiles) writeFileSync(join(dirname(home.config), name), "half a tok");
      const edited = await editSharedFile(home.config, () => ({ text: "new", holdsSecret: true }), {
        lockWait: () => 0,
      });
      expect(edited.changed).toBe(true);
      expect([readFileSync(home.config, "utf8"), mode(home.config)]).toEqual(["new", 0o600]);
      expect(lstatSync(theirs).uid).toBe(OTHER);
      // A run that also has no lock may still be writing its own.
      expect(readdirSync(dirname(home.config))).toContain(temporaryFiles[0]);
      expect(readdirSync(dirname(home.config))).not.toContain(temporaryFiles[1]);
      await cleanUpAround(home.config);
      expect(lstatSync(theirs).uid).toBe(OTHER);
    },
  );

  test("a symlink in a folder that nobody else can write to is followed, whoever it belongs to", async () => {
    const home = makeHome();
    writeFileSync(join(home.folder, "shared.json"), "old");
    mkdirSync(dirname(home.config));
    symlinkSync("../shared.json", home.config);
    lchownSync(home.config, OTHER, OTHER);
    expect(await write(home.config)).toBe(true);
    expect(readFileSync(join(home.folder, "shared.json"), "utf8")).toBe("new");
  });
});

test("a folder that is exchanged meanwhile is not written to: the edit stays in the one that it began in", async () => {
  const home = makeHome();
  home.writeConfig("old");
  const [folder, mine] = [dirname(home.config), join(home.folder, "mine")];
  mkdirSync(mine);
  writeFileSync(join(mine, "config.json"), "old");
  const edit = (): string => {
    if (existsSync(folder)) renameSync(folder, `${folder}.away`);
    if (!existsSync(folder)) symlinkSync("mine", folder);
    return "new";
  };
  expect(await editText(home.config, edit)).toBe(true);
  expect(readFileSync(join(mine, "config.json"), "utf8")).toBe("old");
  expect(readFileSync(join(`${folder}.away`, "config.json"), "utf8")).toBe("new");
});

test("a folder instead of the file, or a file instead of its folder, is reported with the path", async () => {
  const home = makeHome();
  mkdirSync(home.config, { recursive: true });
  await expect(write(home.config)).rejects.toThrow(home.config);
  const other = makeHome();
  writeFileSync(dirname(other.config), "");
  await expect(write(other.config)).rejects.toThrow(other.config);
});

test("many edits at the same time lose nothing", async () => {
  const home = makeHome();
  home.writeConfig("");
  const words = ["a", "b", "c", "d", "e", "f"];
  await Promise.all(words.map((word) => editText(home.config, (text) => `${text}${word}`)));
  expect([...readFileSync(home.config, "utf8")].sort()).toEqual(words);
});

test("what another program writes between our read and our write is kept", async () => {
  const home = makeHome();
  home.writeConfig("old");
  const others = ["first", "second"];
  const edit = (text: string | null): string => {
    const other = others.shift();
    // As docker writes: a new file in the old one's place, without asking for our lock.
    if (other !== undefined) {
      writeFileSync(join(home.folder, "draft"), `${text}+${other}`);
      renameSync(join(home.folder, "draft"), home.config);
    }
    return `${text}+ours`;
  };
  expect(await editText(home.config, edit)).toBe(true);
  expect(readFileSync(home.config, "utf8")).toBe("old+first+second+ours");
});

test("a file that another program creates meanwhile is kept", async () => {
  const home = makeHome();
  const edit = (text: string | null): string => {
    if (text === null && existsSync(dirname(home.config))) writeFileSync(home.config, "theirs");
    return `${text ?? ""}+ours`;
  };
  await editText(home.config, edit);
  expect(readFileSync(home.config, "utf8")).toBe("theirs+ours");
});

test("a lock whose owner was killed before it wrote its id is removed, even if there is nothing to edit", async () => {
  const file = join(tempFolder(), ".npmrc");
  writeFileSync(`${file}.registry-login.lock`, "");
  writeFileSync(join(dirname(file), "..npmrc.registry-login-1"), "half a tok");
  await cleanUpAround(file);
  expect(readdirSync(dirname(file))).toEqual([]);
});

test("a folder with the name of a temporary file does not stop an edit", async () => {
  const home = makeHome();
  home.writeConfig("old");
  mkdirSync(join(dirname(home.config), ".config.json.registry-login-1"));
  expect(await write(home.config)).toBe(true);
});

describe("a file that is too large for a config file", () => {
  const large = "x".repeat(512 * 1024);

  test("is not changed", async () => {
    const file = join(tempFolder(), "config.json");
    writeFileSync(file, `${large}x`);
    await expect(write(file)).rejects.toMatchObject({ code: "file-too-large" });
    expect(readFileSync(file, "utf8")).toBe(`${large}x`);
  });

  test("is not made by an edit, so that the next run can read it; its mode stays, too", async () => {
    const file = join(tempFolder(), "config.json");
    writeFileSync(file, large, { mode: 0o644 });
    chmodSync(file, 0o644);
    await expect(editText(file, (text) => `${text}x`, true)).rejects.toMatchObject({ code: "file-too-large" });
    expect([readFileSync(file, "utf8"), mode(file)]).toEqual([large, 0o644]);
    expect(await editText(file, (text) => (text ?? "").slice(1))).toBe(true);
  });
});
