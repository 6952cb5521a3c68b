import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, chownSync, copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import { config, dockerFolder, type Fault, npmrc, type Pick, state, stateFile, vault } from "./fault.ts";

/** Files and folders that are read-only for an ordinary user. */
export function modeFaults(): Fault[] {
  return [
    mode("config.json", config, 0o400, true),
    mode(".npmrc", npmrc, 0o400, true),
    mode(".docker", dockerFolder, 0o500, true),
    mode("the home folder", (home) => home.folder, 0o500, true),
    mode("the bookkeeping's folder", state, 0o500, false),
  ];
}

/** What not even root may write, and what root should write so that its owner still may. Only root can make these. */
export function rootFaults(): Fault[] {
  return [
    immutable("config.json", config),
    immutable(".npmrc", npmrc),
    immutable(".docker", dockerFolder),
    immutable("the bookkeeping", stateFile),
    immutable("the bookkeeping's folder", state),
    immutable("the vault on disk", vault),
    bound("config.json", config, []),
    bound(".npmrc", npmrc, []),
    bound("config.json", config, ["-o", "remount,bind,ro"]),
    bound(".npmrc", npmrc, ["-o", "remount,bind,ro"]),
    owned("config.json", config),
    owned(".npmrc", npmrc),
  ];
}

function mode(name: string, pick: Pick, bits: number, succeeds: boolean): Fault {
  return {
    name: `read-only: ${name}`,
    succeeds,
    unprivileged: true,
    apply: (home) => {
      const before = statSync(pick(home)).mode & 0o7777;
      chmodSync(pick(home), bits);
      return () => chmodSync(pick(home), before);
    },
  };
}

function immutable(name: string, pick: Pick): Fault {
  return {
    name: `immutable: ${name}`,
    on: "immutable",
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
    name: `${succeeds ? "bind-mounted" : "bind-mounted read-only"}: ${name}`,
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
    name: `owned by another user: ${name}`,
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
