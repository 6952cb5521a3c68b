import type { Environment } from "../../platform/environment.ts";
import type { Registry } from "../../registries/registry.ts";
import { HELPER } from "../credential-helper.ts";
import { type LoginConfig, readLoginConfig } from "../docker/config.ts";
import { defaultStore, hasNoLogin } from "../docker/default-store.ts";
import { dockerConfigFile } from "../docker/edit-config.ts";
import { explainHelperProgram } from "../helper-program.ts";

/** Where docker would put a login to a registry. */
export type Destination =
  /** Our own credential helper, by an entry of `credHelpers` or as the store. */
  | { readonly kind: "own-helper" }
  /** A helper that somebody configured for this host. */
  | { readonly kind: "other-helper"; readonly helper: string }
  /** A credential store; `isDefault` where the configuration names none, and docker would choose it and write that down. */
  | { readonly kind: "store"; readonly store: string; readonly isDefault: boolean }
  /** `auths` of the config file itself. */
  | { readonly kind: "file" };

/** Finds where docker would put a login, from its configuration alone. Source: docker/cli `configfile.GetCredentialsStore` */
export function findDestination(
  config: LoginConfig,
  { keys }: Registry,
  env: Environment,
  platform: NodeJS.Platform,
): Destination {
  // Our own entry without our program, as after it was uninstalled, leads nowhere; the login's edit removes it.
  const isUsable = (name: string): boolean => name !== HELPER || explainHelperProgram(env, "docker", platform) === null;
  const helpers = keys
    .flatMap((key) => (Object.hasOwn(config.credHelpers, key) ? (config.credHelpers[key] ?? "") : []))
    .filter(isUsable);
  const helper = helpers.find((name) => name !== "");
  if (helper !== undefined) return helper === HELPER ? { kind: "own-helper" } : { kind: "other-helper", helper };
  // An empty name turns the store off for this host.
  if (helpers.length > 0) return { kind: "file" };
  if (config.credsStore === HELPER && isUsable(HELPER)) return { kind: "own-helper" };
  if (config.credsStore !== null) return { kind: "store", store: config.credsStore, isDefault: false };
  const store = hasNoLogin(config) ? defaultStore(env, platform) : null;
  return store === null ? { kind: "file" } : { kind: "store", store, isDefault: true };
}

/**
 * The store that docker would choose by itself, and write down with the next login.
 * @returns null where its configuration names one or holds a login, and where there is no store
 */
export function findDefaultStore(env: Environment, platform: NodeJS.Platform): string | null {
  const config = readLoginConfig(dockerConfigFile(env, platform));
  const isOpen = !("code" in config) && hasNoLogin(config);
  return isOpen ? defaultStore(env, platform) : null;
}
