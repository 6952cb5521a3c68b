import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { config, dockerFolder, type Fault, instead, npmrc, type Pick, state, stateFile } from "./fault.ts";

/** Symlinks, and things other than a file where a file is expected. */
export function fileTypeFaults(): Fault[] {
  const loop = (path: string): void => symlinkSync(path, path);
  const folder = (path: string): unknown => mkdirSync(path);
  const fifo = (path: string): unknown => execFileSync("mkfifo", [path]);
  const endless = (path: string): void => symlinkSync("/dev/zero", path);
  return [
    ...[config, npmrc].flatMap((file) => linked(file)),
    instead("symlinked in a loop: .docker", dockerFolder, loop, "link-loop"),
    instead("symlinked in a loop: the state folder", state, loop, "state-open"),
    instead("a file instead of .docker", dockerFolder, (path) => writeFileSync(path, ""), "folder-is-file"),
    instead("a folder instead of config.json", config, folder, "not-a-file"),
    instead("a folder instead of .npmrc", npmrc, folder, "not-a-file"),
    instead("a folder instead of the state file", stateFile, folder, "not-writable"),
    instead("a FIFO instead of config.json", config, fifo, "not-a-file"),
    instead("a FIFO instead of .npmrc", npmrc, fifo, "not-a-file"),
    instead("a symlink to a device without end instead of config.json", config, endless, "not-a-file"),
    instead("a symlink to a device without end instead of .npmrc", npmrc, endless, "not-a-file"),
  ];
}

/** A fault that only root can make. */
export function deviceFault(): Fault {
  return instead(
    "a device instead of .npmrc",
    npmrc,
    (path) => execFileSync("mknod", [path, "c", "1", "3"]),
    "not-a-file",
  );
}

function linked(pick: Pick): Fault[] {
  const name = pick === config ? "config.json" : ".npmrc";
  return [
    instead(`symlinked in a loop: ${name}`, pick, (path) => symlinkSync(path, path), "link-loop"),
    instead(
      `symlinked: ${name}, over two links`,
      pick,
      (path) => {
        mkdirSync(`${path}.elsewhere`, { recursive: true });
        copyFileSync(`${path}.aside`, `${path}.elsewhere/file`);
        symlinkSync(`${path}.elsewhere/file`, `${path}.link`);
        symlinkSync(`${path}.link`, path);
      },
      null,
    ),
  ].map((fault) => ({
    ...fault,
    apply: (home) => {
      const undo = fault.apply(home);
      return () => {
        if (fault.code === null) copyFileSync(pick(home), `${pick(home)}.aside`);
        undo();
        for (const end of ["elsewhere", "link"]) rmSync(`${pick(home)}.${end}`, { recursive: true, force: true });
      };
    },
  }));
}
