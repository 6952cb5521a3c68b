import { type Explanation, explain } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import { findProgram } from "../../platform/executable.ts";
import type { Registry } from "../../registries/registry.ts";
import { askHelper, HELPER } from "../credential-helper.ts";
import { type ClientLogin, type LoginConfig, parseLoginConfig, readAuth, readLoginConfig } from "./config.ts";
import { dockerConfigFile } from "./edit-config.ts";

/** Where a client's login for a registry comes from, and what it is. */
export interface FoundLogin {
  /** `variable`: DOCKER_AUTH_CONFIG. `helper`: named for this host. `store`: the store for all hosts. `file`: `auths`. */
  readonly from: "variable" | "helper" | "store" | "file" | "nothing";
  /** The helper that is asked; null where none is. */
  readonly helper: string | null;
  /** The file that says so. */
  readonly file: string;
  /** The entry's key. */
  readonly key: string;
  readonly login: ClientLogin | null;
  /** Whether `auths` holds a login that docker does not look at, since there is a credential store. */
  readonly hidden: boolean;
  /** Why the client can get no login, as far as its configuration tells. */
  readonly problem: Explanation | null;
}

/** How a helper is asked, or not asked, for a key; see {@link ask}. */
export type AskIfThere = typeof ask;

/**
 * The login that docker would present to a registry, found as docker finds it.
 * @param asking asks a helper
 * Source: docker/cli `cli/config` and `cli/config/credentials`.
 */
export async function findDockerLogin(
  env: Environment,
  registry: Registry,
  asking: AskIfThere = ask,
): Promise<FoundLogin> {
  const file = dockerConfigFile(env);
  const key = registry.keys[0] ?? registry.host;
  const nothing: FoundLogin = { from: "nothing", helper: null, file, key, login: null, hidden: false, problem: null };
  // docker 28.3 and later take it before everything else.
  const variable = parseLoginConfig(env.DOCKER_AUTH_CONFIG ?? "");
  const ofVariable = variable === null ? null : readAuth(variable, key);
  if (ofVariable !== null) return { ...nothing, from: "variable", login: ofVariable };
  const config = readLoginConfig(file);
  if ("code" in config) return { ...nothing, problem: config };
  const named = Object.hasOwn(config.credHelpers, key) ? config.credHelpers[key] : undefined;
  const helper = named ?? config.credsStore ?? "";
  if (helper !== "") {
    const from = named === undefined ? "store" : "helper";
    const hidden = readAuth(config, key) !== null;
    return { ...nothing, from, helper, hidden, ...(await asking(helper, key, env, "docker")) };
  }
  const login = readAuth(config, key) ?? readAuth(config, findAddress(config, key));
  return login === null ? nothing : { ...nothing, from: "file", login };
}

/** docker also takes what old versions wrote: the key of a host may be an address of it. */
function findAddress({ auths }: LoginConfig, host: string): string {
  const hostOf = (key: string): string => key.replace(/^https?:\/\//, "").replace(/\/.*$/s, "");
  return Object.keys(auths).find((key) => hostOf(key) === host) ?? host;
}

/** Asks a helper, if it is there. */
export async function ask(
  helper: string,
  key: string,
  env: Environment,
  client: string,
): Promise<Pick<FoundLogin, "login" | "problem">> {
  if (findProgram(`docker-credential-${helper}`, env) === null) {
    const code = helper === HELPER ? "helper-missing" : "other-helper-missing";
    return { login: null, problem: explain(code, { client, helper }) };
  }
  const answer = await askHelper(helper, key, env);
  if (answer === "failed") return { login: null, problem: explain("helper-fails", { helper, host: key }) };
  return { login: answer === "not-found" ? null : answer, problem: null };
}
