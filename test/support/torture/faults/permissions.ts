import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import type { Code } from "../../../../src/findings/finding.ts";
import { config, dockerFolder, type Fault, npmrc, type Pick, state, stateFile, vault } from "./fault.ts";

/** Files and folders that an ordinary user cannot write. */
export function modeFaults(): Fault[] {
  return [
    mode("config.json", config, 0o400, null),
    mode(".npmrc", npmrc, 0o400, null),
    mode(".docker", dockerFolder, 0o500, null),
    mode("the home folder", (home) => home.folder, 0o500, null),
    mode("the state folder", state, 0o500, "not-writable"),
  ];
}

/** What not even root can write, and what has to keep its owner when root writes it. Only root can make these. */
export function rootFaults(): Fault[] {
  return [
    immutable("config.json", config, "not-writable"),
    immutable(".npmrc", npmrc, "not-writable"),
    immutable(".docker", dockerFolder, null),
    immutable("the state file", stateFile, "not-writable"),
    immutable("the state folder", state, "not-writable"),
    immutable("the vault on disk", vault, "not-writable"),
    { ...bound("config.json", config, []), codeBefore: "config-mounted" as const },
    bound(".npmrc", npmrc, []),
    { ...bound("config.json", config, ["-o", "remount,bind,ro"]), codeBefore: "config-mounted" as const },
    bound(".npmrc", npmrc, ["-o", "remount,bind,ro"]),
    owned("config.json", config),
    owned(".npmrc", npmrc),
  ];
}

function mode(name: string, pick: Pick, bits: number, code: Code | null): Fault {
  return {
    name: `read-only: ${name}`,
    code,
    unprivileged: true,
    apply: (home) => {
      const before = statSync(pick(home)).mode & 0o7777;
      chmodSync(pick(home), bits);
      return () => chmodSync(pick(home), before);
    },
  };
}

function immutable(name: string, pick: Pick, code: Code | null): Fault {
  return {
    name: `immutable: ${name}`,
    on: "immutable",
    code,
    apply: (home) => {
      // Not every state has a vault on disk.
      mkdirSync(vault(home), { recursive: true, mode: 0o700 });
      execFileSync("chattr", ["+i", pick(home)]);
      return () => execFileSync("chattr", ["-i", pick(home)]);
    },
  };
}

function bound(name: string, pick: Pick, remount: readonly string[]): Fault {
  const readOnly = remount.length > 0;
  return {
    name: `${readOnly ? "bind-mounted read-only" : "bind-mounted"}: ${name}`,
    code: readOnly ? "not-writable" : null,
    apply: (home) => {
      const path = pick(home);
      copyFileSync(path, `${home.folder}/source`);
      execFileSync("mount", ["--bind", `${home.folder}/source`, path]);
      if (readOnly) execFileSync("mount", [...remount, path]);
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
    name: `owned by another user: ${name}`,
    code: null,
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
