import { type ConfigReport, dockerConfigFile, editDockerConfig, fingerprint } from "../clients/docker-config.ts";
import type { Storage } from "../discovery/options.ts";
import type { Credential } from "../exchange/credential.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { type Earlier, remember, vaultFor, vaultsOf, withVault } from "../vault/earlier.ts";
import type { Registration } from "../vault/home.ts";
import type { Context } from "./context.ts";

/** A login to keep: what the clients shall find for `registry`. */
export interface Kept {
  readonly identifier: string;
  readonly registry: Registry;
  readonly credential: Credential;
  readonly verified: boolean;
}

/** The credential that an earlier run kept for this login, if it is exactly this one. */
export function isKnown(
  earlier: Earlier,
  storage: Storage,
  { identifier, registry }: Pick<Kept, "identifier" | "registry">,
  credential: Credential,
): "verified" | "unverified" | "none" {
  const registered = earlier.state.registered.find(
    (entry) => entry.host === registry.host && entry.identifier === identifier && entry.storage === storage,
  );
  if (registered === undefined) return "none";
  const same =
    storage === "plaintext"
      ? Object.values(registered.auths ?? {}).includes(fingerprint(authValue(credential)))
      : isSame(vaultFor(earlier, storage)?.read("discovered", registry.host) ?? null, credential);
  return !same ? "none" : registered.verified ? "verified" : "unverified";
}

/**
 * Leaves exactly `kept` and `carried` behind: first the credentials, then the clients' configuration, then what is not
 * wanted goes, so that no client is ever pointed at a credential that is not there. What persons stored themselves stays.
 * @param carried logins of earlier runs to leave as they are
 * @throws UserError when the credentials or the configuration cannot be written
 */
export async function keep(
  context: Pick<Context, "env" | "memoryFolders">,
  before: Earlier,
  storage: Storage,
  kept: readonly Kept[],
  carried: readonly Registration[],
): Promise<ConfigReport> {
  const earlier = kept.length > 0 ? withVault(context.memoryFolders, before, storage) : before;
  const registered = [...kept.map((each) => registrationOf(each, storage)), ...carried];
  const vault = vaultFor(earlier, storage);
  if (vault !== null) {
    for (const { identifier, registry, credential } of kept) {
      vault.write("discovered", { version: 1, host: registry.host, ...credential, identifier });
    }
  }
  const helped = registered.filter((each) => each.storage !== "plaintext").map(({ host }) => host);
  const stored = vaultsOf(earlier).flatMap((each) => each.list("stored").map(({ host }) => host));
  const carriedAuths = new Set(carried.flatMap(({ auths }) => Object.keys(auths ?? {})));
  const formerAuths = before.state.registered.flatMap(({ auths }) => Object.entries(auths ?? {}));
  const report = await editDockerConfig(dockerConfigFile(context.env), {
    helperKeys: new Set([...helped, ...stored].flatMap((host) => parseRegistry(host).keys)),
    auths: new Map(storage === "plaintext" ? kept.flatMap(plaintextAuths) : []),
    formerAuths: new Map(formerAuths.filter(([key]) => !carriedAuths.has(key))),
  });
  for (const each of vaultsOf(earlier)) {
    for (const { host } of each.list("discovered")) {
      const wanted = registered.some((entry) => entry.host === host && vaultFor(earlier, entry.storage) === each);
      if (!wanted) each.remove("discovered", host);
    }
  }
  remember(earlier, registered);
  return report;
}

function registrationOf(kept: Kept, storage: Storage): Registration {
  const { identifier, registry, verified } = kept;
  const login = { identifier, host: registry.host, storage, verified };
  if (storage !== "plaintext") return login;
  const auths = plaintextAuths(kept).map(([key, auth]) => [key, fingerprint(auth)]);
  return { ...login, auths: Object.fromEntries(auths) };
}

/** docker reads the first key; podman, skopeo and buildah find Docker Hub under it too. */
function plaintextAuths({ registry, credential }: Kept): [string, string][] {
  return registry.keys.slice(0, 1).map((key) => [key, authValue(credential)]);
}

function authValue({ username, secret }: Credential): string {
  return Buffer.from(`${username}:${secret}`).toString("base64");
}

function isSame(a: Credential | null, b: Credential): boolean {
  return a !== null && a.username === b.username && a.secret === b.secret && a.expiresAt === b.expiresAt;
}
