import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeHost } from "../../support/host-machine.ts";
import { configured, type HostMistake, withFault, withOther } from "./host-table.ts";
import { PASSWORD, set, startRegistry } from "./table.ts";

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

/** Mistakes about a credential store, and about the login in it. */
export const STORES: readonly HostMistake[] = [
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
    name: "a store that works again, where the login went into the file while it was locked",
    code: "store-answers-again",
    step: "docker",
    arrange: async () => {
      const { env, ...situation } = await withFault("locked");
      return { ...situation, env: { ...env, STORE_MODE: "" } };
    },
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
