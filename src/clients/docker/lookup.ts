import { type Explanation, explain } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import { dockerKeyOf, type Registry } from "../../registries/registry.ts";
import { HELPER, queryHelper } from "../credential-helper.ts";
import { explainHelperProgram } from "../helper-program.ts";
import {
  type ClientLogin,
  EMPTY,
  isBroken,
  type ParsedConfig,
  parseAuthVariable,
  readAuth,
  readEntry,
  readLoginConfig,
} from "./config.ts";
import { dockerHostOf } from "./config-key.ts";
import { defaultStore, hasNoLogin } from "./default-store.ts";
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
  /** What the client sends: where a helper or store fails, docker sends the login in `auths`. */
  readonly login: ClientLogin | null;
  /** The login in `auths` that docker ignores because there is a credential store, unless that fails; null without one. */
  readonly hidden: ClientLogin | null;
  /** Whether `auths` has the key, as it does for a login that `docker login` put into a store. */
  readonly isListed: boolean;
  /** Why the client cannot get a login, according to its configuration. */
  readonly problem: Explanation | null;
}

/** What a helper answers, or why it cannot be queried. */
export interface Queried extends Pick<FoundLogin, "login" | "problem"> {
  /** Whether it was not run, so that nobody knows its answer. */
  readonly isUnknown?: true;
}

/** How a helper is queried, or not queried, for a key; see {@link queryIfPresent}. */
export type QueryIfPresent = (helper: string, key: string, env: Environment, client: string) => Promise<Queried>;

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
  const variable = env.DOCKER_AUTH_CONFIG ? parseAuthVariable(env.DOCKER_AUTH_CONFIG) : null;
  if (variable !== null && Object.hasOwn(variable.auths, key) && (await readsAuthVariable(env))) {
    return { ...nothing, from: "variable", login: readAuth(variable, key) };
  }
  const read = readLoginConfig(file);
  // docker goes on with an empty configuration.
  const config = "code" in read ? EMPTY : read;
  const wrong = "code" in read ? read : explainText(file, read, key);
  const named = Object.hasOwn(config.credHelpers, key) ? config.credHelpers[key] : undefined;
  const helper = named ?? config.credsStore ?? (hasNoLogin(config) ? defaultStore(env) : null) ?? "";
  const ofSnap = explainSnap(env, helper);
  if (ofSnap !== null) return { ...nothing, problem: ofSnap };
  const entry = findEntry(config, key);
  const inFile = entry === null ? null : loginOf(config, entry);
  if (helper === "") {
    // One broken entry keeps docker from decoding those that come after it, in an order that changes with each start.
    const isUncertain = config.broken !== null && inFile !== null && !isRaw(config, entry);
    const login = isUncertain ? null : inFile;
    if (login === null) return { ...nothing, problem: wrong };
    return { ...nothing, from: "file", login };
  }
  const from = named === undefined ? "store" : "helper";
  const isListed = Object.hasOwn(config.auths, key);
  const queried = await query(helper, key, env, "docker");
  const found = { ...nothing, from, helper, hidden: inFile, isListed, problem: queried.problem } as const;
  if ("code" in read) return { ...found, login: queried.login, problem: read };
  if (queried.problem !== null) return { ...found, login: inFile };
  return { ...found, login: inFile?.isRegistryToken === true ? inFile : queried.login };
}

/** What is wrong with a text that docker reads nonetheless, without the logins in `auths`. */
function explainText(file: string, config: ParsedConfig, wanted: string): Explanation | null {
  const { fault, broken } = config;
  if (fault !== null) return explain("config-form", { file, path: fault });
  if (broken === null) return null;
  const own = findEntry(config, wanted);
  const key = own !== null && isBroken(config.auths[own]) ? own : broken;
  return explain("config-auth", { file, key });
}

/** The key of the entry for a host, also by an address, as old versions of docker wrote it; an empty one hides the others. */
function findEntry({ auths }: ParsedConfig, key: string): string | null {
  if (Object.hasOwn(auths, key)) return key;
  return Object.keys(auths).find((name) => dockerHostOf(name) === key) ?? null;
}

function loginOf({ auths, fault }: ParsedConfig, key: string): ClientLogin | null {
  return readEntry(auths[key] ?? {}, fault === null);
}

/** Whether a login needs no decoding. */
function isRaw({ auths }: ParsedConfig, key: string | null): boolean {
  return key !== null && (auths[key]?.auth === undefined || readEntry(auths[key], false) !== null);
}

/** Queries a helper, if it is on the PATH. */
export async function queryIfPresent(helper: string, key: string, env: Environment, client: string): Promise<Queried> {
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
