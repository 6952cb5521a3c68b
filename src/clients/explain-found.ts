import { type Explanation, explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import type { Registry } from "../registries/registry.ts";
import type { Registration } from "../store/state.ts";
import type { Store } from "../store/store.ts";
import { dockerConfigFile } from "./docker/edit-config.ts";
import type { FoundLogin } from "./docker/lookup.ts";
import { explainUnregistrable } from "./registrable.ts";

/** What a client's configuration is compared with. */
export interface Expectation {
  readonly env: Environment;
  readonly registry: Registry;
  readonly store: Pick<Store, "find">;
  /** Where the login is, or would be, stored. */
  readonly storage: Registration["storage"];
  /** The store that failed when the login was made, so that docker has to find it in its file. */
  readonly fallback?: string | undefined;
  /** Whether this is outside of containers. */
  readonly isHost: boolean;
}

/**
 * Why a client does not use our login, from what its configuration leads to. Status, doctor and the report of a login take
 * it from here.
 * @param found what is not a login of ours; only a store that failed before has been queried
 */
export function explainFound(
  client: "docker" | "podman",
  { from, file, helper, key, login, hidden, problem }: FoundLogin,
  { env, registry, store, storage, fallback, isHost }: Expectation,
): Explanation {
  const { host } = registry;
  if (problem !== null) return problem;
  if (from === "variable") return explain("docker-auth-config", { host });
  if (from === "helper") return explain("docker-other-helper", { client, helper: helper ?? "", host, file });
  if (from === "file") {
    return file === dockerConfigFile(env)
      ? explain("docker-other-login", { file, host, client })
      : explain("podman-other-login", { file, key });
  }
  if (hidden !== null && helper !== null && helper === fallback) {
    return login === null
      ? explain("store-answers-again", { store: helper, file })
      : explain("login-by-hand", { user: login.username, key, store: helper });
  }
  if (hidden !== null) return explain("docker-creds-store", { store: helper ?? "", file });
  const only = client === "podman" ? (env.REGISTRY_AUTH_FILE ?? "") : "";
  if (only !== "") return explain("podman-other-file", { file: only, host });
  const obstacle = explainUnregistrable(env, registry, storage !== "plaintext" && storage !== "store", isHost);
  if (obstacle !== null) return obstacle;
  if (store.find(host) === null) return explain("not-registered", { host, client });
  return explain("line-missing", { client, host, file: dockerConfigFile(env), key });
}
