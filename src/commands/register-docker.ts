import { existsSync } from "node:fs";
import { gatherAuths } from "../clients/auths.ts";
import type { LockWait } from "../clients/config-file.ts";
import { type ConfigReport, dockerConfigFile, editDockerConfig, type Wanted } from "../clients/docker-config.ts";
import type { Environment } from "../discovery/environment.ts";
import { UserError } from "../findings/user-error.ts";
import { parseRegistry } from "../registries/registry.ts";
import { type Earlier, vaultsOf } from "../vault/earlier.ts";
import { isVaulted, type Registration } from "../vault/home.ts";
import { servedAuths } from "./auth-values.ts";

/** What docker's configuration said, and all the files of it that know of us now. */
export interface DockerReport extends ConfigReport {
  readonly configs: readonly string[];
  /** Whether one of the others could not be edited now. */
  readonly unfinished: boolean;
}

/** Takes a configuration file that is about to be written, and the keys of `auths` that get a login of ours there. */
export type Announce = (file: string, keys: ReadonlySet<string>) => void;

/**
 * Brings docker's configuration to what is registered, and what earlier runs wrote to others (DOCKER_CONFIG of another
 * folder): there, what is not wanted any more goes and what changed is renewed, but nothing is added.
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
  const others = earlier.state.configs.filter((file) => file !== current);
  const wanted = wantedFor(env, earlier, registered, carried, plaintext);
  const report = await editDockerConfig(current, wanted, (keys) => announce(current, keys), lockWait);
  const left: string[] = [];
  for (const file of others) {
    try {
      await editDockerConfig(file, { ...wanted, adds: false }, (keys) => announce(file, keys), lockWait);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      left.push(file);
    }
  }
  const someWanted = registered.length + wanted.helperKeys.size > 0;
  const configs = someWanted ? [...others, current].filter((file) => existsSync(file)).sort() : left;
  return { ...report, configs, unfinished: left.length > 0 };
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
