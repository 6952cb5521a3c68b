import { existsSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import { gatherAuths } from "../clients/docker/auths.ts";
import { type ConfigReport, dockerConfigFile, editDockerConfig, type Wanted } from "../clients/docker/edit-config.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import type { LockWait } from "../platform/shared-file.ts";
import { parseRegistry } from "../registries/registry.ts";
import { isVaulted, type Registration } from "../store/state-file.ts";
import { type Earlier, vaultsOf } from "../store/store.ts";
import { servedAuths } from "./auth-values.ts";

/** What docker's configuration said, and all the files of it that know of us now. */
export interface DockerReport extends ConfigReport {
  readonly configs: readonly string[];
  /** Whether one of the others could not be edited now. */
  readonly unfinished: boolean;
  /** Why the file of REGISTRY_AUTH_FILE could not be edited. */
  readonly authFileTrouble: UserError | null;
}

/** Takes a configuration file that is about to be written, and the keys of `auths` that get a login of ours there. */
export type Announce = (file: string, keys: ReadonlySet<string>) => void;

/**
 * Brings docker's configuration to what is registered, and what earlier runs wrote to others (DOCKER_CONFIG of another
 * folder): there, what is not wanted any more goes and what changed is renewed, but nothing is added. The file that
 * REGISTRY_AUTH_FILE names is one of now.
 * @param plaintext key -> `auth` value
 * @param announce called before a file is written
 * @throws UserError when the configuration of now cannot be edited; one of the others stays for the next run
 */
export async function registerDocker(
  { env, lockWait }: { readonly env: Environment; readonly lockWait?: LockWait | undefined },
  earlier: Earlier,
  registered: readonly Registration[],
  carried: readonly Registration[],
  plaintext: ReadonlyMap<string, string>,
  announce: Announce,
): Promise<DockerReport> {
  const current = dockerConfigFile(env);
  const named = authFile(env, current);
  const others = earlier.state.configs.filter((file) => file !== current && file !== named);
  const wanted = wantedFor(env, earlier, registered, carried, plaintext);
  const tell = (file: string) => (keys: ReadonlySet<string>) => announce(file, keys);
  const edit = (file: string, to: Wanted): Promise<ConfigReport> => editDockerConfig(file, to, tell(file), lockWait);
  const authFileTrouble = named === null ? null : await troubleOf(edit(named, wanted));
  const report = await edit(current, wanted);
  const left = authFileTrouble !== null && named !== null && earlier.state.configs.includes(named) ? [named] : [];
  for (const file of others) {
    if ((await troubleOf(edit(file, { ...wanted, adds: false }))) !== null) left.push(file);
  }
  const someWanted = registered.length + wanted.helperKeys.size > 0;
  const now = [current, ...(named !== null && authFileTrouble === null ? [named] : [])];
  const configs = someWanted
    ? [...new Set([...others, ...left, ...now])].filter((file) => existsSync(file)).sort()
    : left;
  return { ...report, configs, unfinished: left.length > 0, authFileTrouble };
}

/**
 * The file that podman, skopeo and buildah read before docker's, where REGISTRY_AUTH_FILE names one. Recent versions look
 * into nothing else, and podman and buildah refuse to run while it is missing; its form is that of docker's own.
 * Source: https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 * @returns null also where it is docker's own file
 */
function authFile({ REGISTRY_AUTH_FILE }: Environment, docker: string): string | null {
  if (REGISTRY_AUTH_FILE === undefined || REGISTRY_AUTH_FILE === "") return null;
  const real = (file: string): string => (existsSync(file) ? realpathSync(file) : resolve(file));
  return real(REGISTRY_AUTH_FILE) === real(docker) ? null : resolve(REGISTRY_AUTH_FILE);
}

async function troubleOf(edit: Promise<unknown>): Promise<UserError | null> {
  try {
    await edit;
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function wantedFor(
  env: Environment,
  earlier: Earlier,
  registered: readonly Registration[],
  carried: readonly Registration[],
  plaintext: ReadonlyMap<string, string>,
): Wanted {
  const stored = vaultsOf(earlier).flatMap((vault) => vault.list("stored").map(({ host }) => host));
  const helped = [...registered.filter(isVaulted).map(({ host }) => host), ...stored.filter(isHost)];
  const carriedAuths = new Set(carried.flatMap(({ auths }) => Object.keys(auths ?? {})));
  const formerAuths = gatherAuths([...earlier.state.registered, ...earlier.state.pending]);
  for (const key of carriedAuths) formerAuths.delete(key);
  return {
    adds: true,
    helperKeys: keysOf(helped),
    helperAuths: new Map(helped.flatMap((host) => servedAuths(earlier, host))),
    // A codespace writes logins of the same secrets there itself, for AWS such as end after twelve hours.
    overrules: env.CODESPACES === "true",
    lastResortKeys: keysOf(registered.filter(({ storage }) => storage === "none").map(({ host }) => host)),
    auths: plaintext,
    formerAuths,
  };
}

function keysOf(hosts: readonly string[]): Set<string> {
  return new Set(hosts.flatMap((host) => parseRegistry(host).keys));
}

/** docker's own tokens lie on the stored shelf too, under names that are no host. */
function isHost(name: string): boolean {
  return !name.includes("+");
}
