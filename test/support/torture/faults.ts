import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { CONFIG_TEXT, type TortureHome } from "./home.ts";

/** Something that stands in the agent's way. */
export interface Fault {
  readonly name: string;
  /** Does the agent get everything done all the same? Else it has to say what it could not do. */
  readonly succeeds: boolean;
  /** What the agent has to leave exactly as it is. */
  readonly untouched?: (home: TortureHome) => string;
  /** Is nothing to root: the agent runs as another user then. */
  readonly unprivileged?: true;
  /** Needs a home folder on a small tmpfs. */
  readonly small?: true;
  /** @returns what takes it away again */
  apply(home: TortureHome): () => void;
}

type Pick = (home: TortureHome) => string;

const config: Pick = (home) => home.config;
const npmrc: Pick = (home) => home.npmrc;
const dockerFolder: Pick = (home) => dirname(home.config);
const stateFile: Pick = (home) => join(home.state, "state.json");
const vault: Pick = (home) => join(home.state, "vault");

/** Every fault of the file system that there is a way to make here. */
export function allFaults(): Fault[] {
  const isRoot = process.getuid?.() === 0;
  return [
    ...contents("config.json", [
      ["{", false],
      ["", true],
      [" \n", true],
      ["null", false],
      ["[]", false],
      ["7", false],
      ['{"auths": [], "x": 1}', false],
      ['{"auths": "x"}', false],
      ['{"credHelpers": {"a.example": 1}}', false],
      ['{"credHelpers": "x"}', false],
      ['{"credsStore": {}}', false],
      ['{"a": 1, // mine\n}', false],
      ['{"auths": {}, "auths": {"q": {}}, "credHelpers": {}, "credHelpers": {"g": "g"}}', false],
      ["<html></html>", false],
      ["\uFEFF{}", false],
      [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), false],
      [`{"x": ${"[".repeat(9000)}${"]".repeat(9000)}}`, true],
      ["x".repeat(50_000_000), false],
    ]),
    large("config.json of 50 MB", config, (text) =>
      text.replace("{", `{"large": [${'{"n":"0123456789"},'.repeat(2_500_000)}0],`),
    ),
    large(".npmrc of 50 MB", npmrc, (text) => `${"; 0123456789012345678\n".repeat(2_300_000)}${text}`),
    ...[config, npmrc].flatMap((file) => linked(file)),
    instead("a loop of links in place of .docker", dockerFolder, (path) => symlinkSync(path, path), false),
    instead("a file in place of .docker", dockerFolder, (path) => writeFileSync(path, ""), false),
    instead("a folder in place of config.json", config, (path) => mkdirSync(path), false),
    instead("a pipe in place of config.json", config, (path) => execFileSync("mkfifo", [path]), false),
    instead("a pipe in place of .npmrc", npmrc, (path) => execFileSync("mkfifo", [path]), false),
    instead("a folder in place of the bookkeeping", stateFile, (path) => mkdirSync(path), false),
    instead(
      "a loop in place of the bookkeeping's folder",
      (home) => home.state,
      (path) => symlinkSync(path, path),
      false,
    ),
    mode("a read-only config.json", config, 0o400, true),
    mode("a read-only .npmrc", npmrc, 0o400, true),
    mode("a .docker that takes no new file", dockerFolder, 0o500, true),
    mode("a home folder that takes no new file", (home) => home.folder, 0o500, true),
    mode("a read-only folder of the bookkeeping", (home) => home.state, 0o500, false),
    ...(isRoot ? asRoot() : []),
  ];
}

function asRoot(): Fault[] {
  return [
    ...[0, 4, 8, 12, 16, 24].map(full),
    ...([config, npmrc, dockerFolder, stateFile, vault, (home) => home.state] as Pick[]).map(immutable),
    bound("config.json", config, []),
    bound(".npmrc", npmrc, []),
    bound("read-only config.json", config, ["-o", "remount,bind,ro"]),
    bound("read-only .npmrc", npmrc, ["-o", "remount,bind,ro"]),
    owned("config.json", config),
    owned(".npmrc", npmrc),
    instead("a device in place of .npmrc", npmrc, (path) => execFileSync("mknod", [path, "c", "1", "3"]), false),
  ];
}

function contents(name: string, texts: readonly (readonly [string | Buffer, boolean])[]): Fault[] {
  return texts
    .map(([text, succeeds]) =>
      instead(
        `${name} that is ${JSON.stringify(text.toString("latin1").slice(0, 40))}${text.length > 40 ? "..." : ""}`,
        config,
        (path) => writeFileSync(path, text),
        succeeds,
      ),
    )
    .map((fault) => ({
      ...fault,
      apply: (home) => {
        const undo = fault.apply(home);
        return () => {
          undo();
          // What the agent wrote before is gone, and it was told of it.
          if (fault.succeeds) writeFileSync(home.config, CONFIG_TEXT);
        };
      },
    }));
}

/** Puts something in the place of a path; what was there comes back. */
function instead(name: string, pick: Pick, make: (path: string) => void, succeeds: boolean): Fault {
  return {
    name,
    succeeds,
    ...(succeeds ? {} : { untouched: pick }),
    apply: (home) => {
      const path = pick(home);
      renameSync(path, `${path}.aside`);
      make(path);
      return () => {
        rmSync(path, { recursive: true, force: true });
        renameSync(`${path}.aside`, path);
      };
    },
  };
}

function large(name: string, pick: Pick, grow: (text: string) => string): Fault {
  return {
    name,
    succeeds: true,
    apply: (home) => {
      writeFileSync(pick(home), grow(readFileSync(pick(home), "utf8")));
      return () => undefined;
    },
  };
}

function linked(pick: Pick): Fault[] {
  const name = pick === config ? "config.json" : ".npmrc";
  return [
    instead(`a loop of links in place of ${name}`, pick, (path) => symlinkSync(path, path), false),
    instead(
      `links to ${name} elsewhere`,
      pick,
      (path) => {
        mkdirSync(`${path}.elsewhere`, { recursive: true });
        copyFileSync(`${path}.aside`, `${path}.elsewhere/file`);
        symlinkSync(`${path}.elsewhere/file`, `${path}.link`);
        symlinkSync(`${path}.link`, path);
      },
      true,
    ),
  ].map((fault) => ({
    ...fault,
    apply: (home) => {
      const undo = fault.apply(home);
      return () => {
        if (fault.succeeds) copyFileSync(pick(home), `${pick(home)}.aside`);
        undo();
        for (const end of ["elsewhere", "link"]) rmSync(`${pick(home)}.${end}`, { recursive: true, force: true });
      };
    },
  }));
}

function mode(name: string, pick: Pick, bits: number, succeeds: boolean): Fault {
  return {
    name,
    succeeds,
    unprivileged: true,
    apply: (home) => {
      const before = statSync(pick(home)).mode & 0o7777;
      chmodSync(pick(home), bits);
      return () => chmodSync(pick(home), before);
    },
  };
}

function full(kilobytes: number): Fault {
  return {
    name: `a full disk with ${kilobytes} KB left`,
    succeeds: false,
    small: true,
    apply: (home) => {
      const filler = join(home.folder, "filler");
      fill(filler);
      if (kilobytes > 0) execFileSync("truncate", ["-s", `-${kilobytes}K`, filler]);
      return () => rmSync(filler);
    },
  };
}

function fill(file: string): void {
  const handle = openSync(file, "w");
  try {
    for (;;) writeSync(handle, Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    closeSync(handle);
  }
}

function immutable(pick: Pick): Fault {
  return {
    name: `immutable: ${pick({ folder: "~", config: "~/.docker/config.json", npmrc: "~/.npmrc", state: "~/.local/state/registry-login" } as TortureHome)}`,
    succeeds: false,
    apply: (home) => {
      // Not every state has one.
      mkdirSync(vault(home), { recursive: true, mode: 0o700 });
      execFileSync("chattr", ["+i", pick(home)]);
      return () => execFileSync("chattr", ["-i", pick(home)]);
    },
  };
}

function bound(name: string, pick: Pick, remount: readonly string[]): Fault {
  const succeeds = remount.length === 0;
  return {
    name: `a bind-mounted ${name}`,
    succeeds,
    apply: (home) => {
      const path = pick(home);
      copyFileSync(path, `${home.folder}/source`);
      execFileSync("mount", ["--bind", `${home.folder}/source`, path]);
      if (!succeeds) execFileSync("mount", [...remount, path]);
      return () => {
        execFileSync("umount", [path]);
        copyFileSync(`${home.folder}/source`, path);
        rmSync(`${home.folder}/source`);
      };
    },
  };
}

function owned(name: string, pick: Pick): Fault {
  return {
    name: `${name} of another user`,
    succeeds: true,
    apply: (home) => {
      chownSync(pick(home), 12345, 12345);
      return () => {
        const { uid } = statSync(pick(home));
        if (uid !== 12345) appendFileSync(pick(home), `owner is ${uid} now`);
        chownSync(pick(home), 0, 0);
      };
    },
  };
}
