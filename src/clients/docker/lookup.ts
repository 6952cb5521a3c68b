import { type Explanation, explain } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import { dockerKeyOf, type Registry } from "../../registries/registry.ts";
import { HELPER, queryHelper } from "../credential-helper.ts";
import { explainHelperProgram } from "../helper-program.ts";
import { type ClientLogin, type LoginConfig, parseLoginConfig, readAuth, readLoginConfig } from "./config.ts";
import { hostOfKey } from "./config-key.ts";
import { dockerConfigFile } from "./edit-config.ts";
import { explainSnap } from "./snap.ts";
import { readsAuthVariable } from "./version.ts";

/** Where a client's login for a registry comes from, and what it is. */
export interface FoundLogin {
  /** `variable`: DOCKER_AUTH_CONFIG. `helper`: named for this host. `store`: the store for all hosts. `file`: `auths`. */
  readonly from: "variable" | "helper" | "store" | "file" | "nothing";
  /** The helper that is queried; null if there is none. */
  readonly helper: string | null;
  /** The file that configures it. */
  readonly file: string;
  /** The entry's key. */
  readonly key: string;
  readonly login: ClientLogin | null;
  /** The login in `auths` that docker ignores because there is a credential store, unless that fails; null without one. */
  readonly hidden: ClientLogin | null;
  /** Whether `auths` has the key, as it does for a login that `docker login` put into a store. */
  readonly isListed: boolean;
  /** Why the client cannot get a login, according to its configuration. */
  readonly problem: Explanation | null;
}

/** How a helper is queried, or not queried, for a key; see {@link queryIfPresent}. */
export type QueryIfPresent = typeof queryIfPresent;

/**
 * Finds the login that docker would present to a registry, in the same way as docker.
 * @param query queries a helper
 * Source: docker/cli `cli/config` and `cli/config/credentials`.
 */
export async function findDockerLogin(
  env: Environment,
  registry: Registry,
  query: QueryIfPresent = queryIfPresent,
): Promise<FoundLogin> {
  const file = dockerConfigFile(env);
  const key = dockerKeyOf(registry);
  const nothing: FoundLogin = {
    from: "nothing",
    helper: null,
    file,
    key,
    login: null,
    hidden: null,
    isListed: false,
    problem: null,
  };
  // New versions of docker use it before everything else.
  const variable = env.DOCKER_AUTH_CONFIG ? parseLoginConfig(env.DOCKER_AUTH_CONFIG) : null;
  const ofVariable = variable === null ? null : readAuth(variable, key);
  if (ofVariable !== null && (await readsAuthVariable(env))) return { ...nothing, from: "variable", login: ofVariable };
  const config = readLoginConfig(file);
  if ("code" in config) return { ...nothing, problem: config };
  const named = Object.hasOwn(config.credHelpers, key) ? config.credHelpers[key] : undefined;
  const helper = named ?? config.credsStore ?? "";
  const ofSnap = explainSnap(env, helper);
  if (ofSnap !== null) return { ...nothing, problem: ofSnap };
  if (helper !== "") {
    const from = named === undefined ? "store" : "helper";
    const hidden = readAuth(config, key);
    const isListed = Object.hasOwn(config.auths, key);
    return { ...nothing, from, helper, hidden, isListed, ...(await query(helper, key, env, "docker")) };
  }
  const login = readAuth(config, key) ?? readAuth(config, findAddress(config, key));
  return login === null ? nothing : { ...nothing, from: "file", login };
}

/** docker also accepts keys of old versions, which are addresses of the host. */
function findAddress({ auths }: LoginConfig, host: string): string {
  return Object.keys(auths).find((key) => hostOfKey(key) === host) ?? host;
}

/** Queries a helper, if it is on the PATH. */
export async function queryIfPresent(
  helper: string,
  key: string,
  env: Environment,
  client: string,
): Promise<Pick<FoundLogin, "login" | "problem">> {
  const problem = explainQuery(helper, env, client);
  if (problem !== null) return { login: null, problem };
  const answer = await queryHelper(helper, key, env);
  if (answer === "failed") return { login: null, problem: explain("helper-fails", { helper, host: key }) };
  return { login: answer === "not-found" ? null : answer, problem: null };
}

/** Why a client cannot query a helper; null where it can. */
export function explainQuery(helper: string, env: Environment, client: string): Explanation | null {
  if (helper === HELPER) return explainHelperProgram(env, client);
  const isThere = findProgram(`docker-credential-${helper}`, env) !== null;
  return isThere ? null : explain("other-helper-missing", { client, helper });
}
