import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { authOf } from "../../support/encoding.ts";
import { configured, type HostMistake } from "./host-table.ts";

/** Mistakes about variables and files that docker reads. */
export const FILES: readonly HostMistake[] = [
  {
    name: "DOCKER_AUTH_CONFIG with a different login",
    code: "docker-auth-config",
    step: "docker",
    arrange: () =>
      configured(null, (_, host) => ({
        DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { [host]: { auth: authOf("eve", "another-1") } } }),
      })),
  },
  {
    name: "docker of a snap, which reads another file",
    code: "docker-snap",
    step: "docker",
    arrange: () =>
      configured(null, ({ bin, addProgram }) => {
        addProgram("snap", "exit 1");
        symlinkSync("snap", join(bin, "docker"));
        return {};
      }),
  },
  {
    name: "docker of a snap, and a helper that it cannot run",
    code: "docker-snap-helper",
    step: "docker",
    arrange: () =>
      configured(null, ({ home, bin, addProgram, addStore }) => {
        addProgram("snap", "exit 1");
        symlinkSync("snap", join(bin, "docker"));
        addStore("scripted");
        const DOCKER_CONFIG = join(home.folder, "snap/docker/current/.docker");
        mkdirSync(DOCKER_CONFIG, { recursive: true });
        writeFileSync(join(DOCKER_CONFIG, "config.json"), '{"credsStore":"scripted"}');
        return { DOCKER_CONFIG };
      }),
  },
  {
    name: "a login as root through sudo",
    code: "sudo-root",
    step: "store",
    state: "note",
    arrange: () => configured(null, () => ({ SUDO_USER: "bob", SUDO_UID: "1000", SUDO_GID: "1000" })),
  },
  {
    name: "an empty config file after the login",
    code: "config-empty",
    step: "store",
    state: "note",
    also: ["not-registered"],
    arrange: async () => {
      const situation = await configured(null);
      situation.machine.home.writeConfig("");
      return situation;
    },
  },
  {
    name: "a config file of NULs, as a power cut leaves it",
    code: "config-not-json",
    step: "docker",
    arrange: () => configured("\0\0\0\0\0\0\0\0"),
  },
  {
    name: "a folder instead of the config file",
    code: "not-a-file",
    step: "docker",
    arrange: () =>
      configured(null, ({ home }) => {
        mkdirSync(home.config, { recursive: true });
        return {};
      }),
  },
  {
    name: "DOCKER_CONFIG names a file",
    code: "folder-is-file",
    step: "docker",
    arrange: () =>
      configured(null, ({ home }) => {
        writeFileSync(join(home.folder, "a-file"), "");
        return { DOCKER_CONFIG: join(home.folder, "a-file") };
      }),
  },
];
