import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { authOf } from "../../support/encoding.ts";
import { type HostMachine, makeHost } from "../../support/host-machine.ts";
import { PASSWORD, set, startRegistry } from "./table.ts";

/** What the doctor runs in: a machine, its variables, and the target. */
export interface HostSituation {
  readonly machine: HostMachine;
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
}

/** A mistake on a host, and the finding that names it. */
export interface HostMistake {
  readonly name: string;
  readonly code: string;
  /** The step that shows it; `note` where docker works anyway. */
  readonly step: string;
  readonly state?: "note";
  /** Another finding, which is reported as well. */
  readonly also?: readonly string[];
  readonly arrange: () => Promise<HostSituation>;
}

/** A machine where docker uses a scripted store with this fault, and a login has run. */
async function withFault(mode: string, variables: Readonly<Record<string, string>> = {}): Promise<HostSituation> {
  const host = await startRegistry(
    variables.A_CONTAINER_REGISTRY_PASSWORD === undefined
      ? {}
      : {
          password: variables.A_CONTAINER_REGISTRY_PASSWORD,
        },
  );
  const machine = makeHost('{"credsStore":"scripted"}\n');
  machine.addStore("scripted");
  const env = { ...set("A", host), STORE_MODE: mode, ...variables };
  await machine.run(["login"], env);
  return { machine, env, host };
}

/** A machine with this configuration of docker, and a login that has run; `{host}` stands for the registry. */
async function configured(
  config: string | null,
  prepare: (machine: HostMachine, host: string) => Record<string, string> = () => ({}),
): Promise<HostSituation> {
  const host = await startRegistry();
  const machine = makeHost(config === null ? null : config.replaceAll("{host}", host));
  const env = { ...set("A", host), ...prepare(machine, host) };
  await machine.run(["login"], env);
  return { machine, env, host };
}

/** The same, where `docker-credential-other` is this script. */
function withOther(config: string, script: string): Promise<HostSituation> {
  return configured(config, ({ addProgram }) => {
    addProgram("docker-credential-other", script);
    return {};
  });
}

/** The script of a helper that has a login of eve's for every host. */
const PRINT_EVE = `echo '{"ServerURL":"x","Username":"eve","Secret":"another-1"}'`;

const FAULTS: readonly (readonly [mode: string, code: string, name: string])[] = [
  ["locked", "keychain-locked", "a keychain that is locked, as over ssh"],
  ["dup", "keychain-duplicate", "a keychain that has an entry which may not be replaced"],
  ["noservice", "secret-service-missing", "no secret service"],
  ["uninit", "pass-uninitialized", "pass without a password store"],
  ["nokey", "pass-locked", "pass without its key"],
  ["nolib", "store-library", "a store whose library is missing"],
  ["nourl", "store-input-lost", "a store that loses its input on the way to Windows"],
  ["sock", "store-backend", "a store whose program is not running"],
  ["notimpl", "store-read-only", "a store that only reads"],
  ["garbage", "store-garbage", "a store that prints something else"],
  ["exit0-error", "store-forgets", "a store that reports success and stores nothing"],
  ["invalidarg", "store-invalid-argument", "desktop.exe without interop"],
  ["hang", "store-hangs", "a store that hangs"],
];

/** Mistakes on a machine that starts dev containers, each of which names what has to be fixed there. */
export const HOSTS: readonly HostMistake[] = [
  ...FAULTS.map(([mode, code, name]): HostMistake => ({ name, code, step: "store", arrange: () => withFault(mode) })),
  {
    name: "a secret that is too long for the store",
    code: "store-limit",
    step: "store",
    arrange: () => withFault("limit", { A_CONTAINER_REGISTRY_PASSWORD: `${PASSWORD}${"x".repeat(2600)}` }),
  },
  {
    name: "a store whose program was removed",
    code: "store-missing",
    step: "store",
    arrange: () => configured('{"credsStore":"desktop"}\n'),
  },
  {
    name: "a store of Windows, of which WSL knows nothing",
    code: "store-of-windows",
    step: "store",
    arrange: () => configured('{"credsStore":"desktop.exe"}\n'),
  },
  {
    name: "a store for a different processor",
    code: "store-not-run",
    step: "store",
    arrange: () =>
      configured('{"credsStore":"other"}\n', ({ bin }) => {
        writeFileSync(join(bin, "docker-credential-other"), Buffer.from("\u007fELF\u0002\u0001\u0001", "latin1"));
        chmodSync(join(bin, "docker-credential-other"), 0o755);
        return {};
      }),
  },
  {
    name: "a keychain that was denied",
    code: "keychain-denied",
    step: "store",
    arrange: () =>
      withOther('{"credsStore":"other"}\n', "echo 'The user name or passphrase you entered is not correct.'; exit 1"),
  },
  {
    name: "a store that fails for another reason",
    code: "store-fails",
    step: "store",
    arrange: () => withOther('{"credsStore":"other"}\n', "echo 'out of cheese'; exit 3"),
  },
  {
    name: "a helper that somebody configured for the host, off the PATH",
    code: "other-helper-off-path",
    step: "store",
    arrange: () => configured('{"credHelpers":{"{host}":"gcloud"}}\n'),
  },
  {
    name: "a helper that somebody configured for the host, with a different login",
    code: "docker-other-helper",
    step: "docker",
    arrange: () => withOther('{"credHelpers":{"{host}":"other"}}\n', PRINT_EVE),
  },
  {
    name: "a login in the store that somebody made by hand",
    code: "login-by-hand",
    step: "docker",
    state: "note",
    arrange: () => withOther('{"credsStore":"other"}\n', PRINT_EVE),
  },
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
  {
    name: "the login was removed from the store",
    code: "not-registered",
    step: "docker",
    arrange: async () => {
      const situation = await withFault("");
      rmSync(join(situation.machine.home.folder, "store"), { recursive: true });
      return situation;
    },
  },
  {
    name: "the secrets changed since the last login",
    code: "login-stale",
    step: "docker",
    arrange: async () => {
      const host = await startRegistry();
      const machine = makeHost('{"credsStore":"scripted"}\n');
      machine.addStore("scripted");
      await machine.run(["login", "--no-verify"], set("A", host, { PASSWORD: "the-old-one-1" }));
      return { machine, env: set("A", host), host };
    },
  },
  {
    name: "secrets that the registry has rejected before",
    code: "credential-refused",
    step: "login",
    arrange: async () => {
      const host = await startRegistry({ password: "another-1" });
      const machine = makeHost();
      const env = set("A", host);
      await machine.run(["login"], env);
      return { machine, env, host };
    },
  },
];
