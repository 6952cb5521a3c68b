import * as z from "zod/mini";
import { askHelper, HELPER, NOT_FOUND } from "../clients/credential-helper.ts";
import { readLoginConfig } from "../clients/docker/config.ts";
import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import type { HelperContext, Result } from "../context.ts";
import { keptSecret, secretOf } from "../credentials/current-secret.ts";
import { parseOptions, readOptionsFile } from "../discovery/options.ts";
import { cause } from "../findings/cause.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { explainLostLogin } from "../findings/lost-login.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { answerOf, layAnswer, layAnswers } from "../store/answer-cache.ts";
import { isVaulted, type LoginFailure } from "../store/state-file.ts";
import { keepStored, readEarlier, vaultsOf } from "../store/store.ts";
import { findEntry } from "../store/vault.ts";
import { VERSION } from "../version.ts";

/** The protocol's exact texts; clients compare with them. */
const NO_SERVER = "no credentials server URL";
const NO_USERNAME = "no credentials username";

const NAME = `docker-credential-${HELPER}`;
const USAGE = `Usage: ${NAME} <store|get|erase|list|version>`;

const payload = z.lazy(() => z.object({ ServerURL: z.string(), Username: z.string(), Secret: z.string() }));

/**
 * docker's credential-helper protocol. Errors go to stdout with exit code 1, as clients expect; stderr is for persons.
 * @param args the words behind the program's name
 * @param readStdin reads the client's input to its end
 * Source: https://github.com/docker/docker-credential-helpers (credentials package)
 */
export async function credentialHelper(
  context: HelperContext,
  args: readonly string[],
  readStdin: () => Promise<string>,
): Promise<Result> {
  const [verb = ""] = args;
  if (args.length === 1) {
    switch (verb) {
      case "get":
        return await get(context, await readStdin());
      case "store":
        return await store(context, await readStdin());
      case "erase":
        return erase(context, await readStdin());
      case "list":
        return list(context.env);
      case "version":
      case "--version":
      case "-v":
        return say(`${NAME} (registry-login) ${VERSION}`);
      case "--help":
      case "-h":
        return say(USAGE);
    }
  }
  return args.length === 1 ? fail(`unknown action: ${verb}\n${USAGE}`) : fail(USAGE);
}

async function get(context: HelperContext, input: string): Promise<Result> {
  const server = joinLines(input);
  if (server === "") return fail(NO_SERVER);
  const ownKey = dockerLoginKey(server);
  if (ownKey !== null) {
    const own = findEntry(vaultsOf(readEarlier(context.env)), ownKey);
    return own === null ? fail(NOT_FOUND) : say(answerOf(server, own.entry.username, own.entry.secret));
  }
  const registry = registryOf(server);
  if (registry === null) return fail(NOT_FOUND);
  const earlier = readEarlier(context.env);
  const found = findEntry(vaultsOf(earlier), registry.host);
  if (found !== null) {
    const secret = await secretOf(context, found);
    if (typeof secret === "string") {
      layAnswer(readEarlier(context.env), registry.host, context.now() / 1000);
      return say(answerOf(server, found.entry.username, secret));
    }
    return tell(registry.host, secret);
  }
  const lost = earlier.state.registered.find((login) => login.host === registry.host && isVaulted(login));
  const failure = earlier.state.registered.find((login) => login.host === registry.host)?.failure;
  if (failure !== undefined) return await explainFailure(context.env, server, registry.host, failure);
  if (lost === undefined) return fail(NOT_FOUND);
  return tell(registry.host, explainLostLogin(lost));
}

/**
 * A login that failed must not stand in the way of public images, so the client is told that there is none, and the
 * person why. A credential store that came into docker's configuration since then, as VS Code writes one, may know more.
 */
async function explainFailure(env: Environment, server: string, host: string, failure: LoginFailure): Promise<Result> {
  const config = readLoginConfig(dockerConfigFile(env));
  const store = "code" in config ? null : config.credsStore;
  const other = store === null || store === HELPER ? "not-found" : await askHelper(store, server, env);
  return typeof other === "string" ? tell(host, failure) : say(answerOf(server, other.username, other.secret));
}

/**
 * There is no login now, and the person is told why. Any other failure than "not found" would be worse: podman then
 * refuses even public images, and one such host makes the classic `docker build` forget its logins to all the others.
 */
function tell(host: string, { message, hint }: Pick<Explanation, "message" | "hint">): Result {
  return { ...fail(NOT_FOUND), stderr: `registry-login: ${host}: ${message}; ${hint}\n` };
}

async function store(context: HelperContext, input: string): Promise<Result> {
  let value: z.infer<typeof payload>;
  try {
    value = payload.parse(JSON.parse(input));
  } catch {
    return fail("the input is not the JSON object of a credential (ServerURL, Username, Secret)");
  }
  if (value.ServerURL.trim() === "") return fail(NO_SERVER);
  if (value.Username === "") return fail(NO_USERNAME);
  try {
    const host = dockerLoginKey(value.ServerURL) ?? parseRegistry(value.ServerURL).host;
    if (isAlreadyServed(context, host, value)) return { stdout: "", exitCode: 0 };
    const { storage } = parseOptions(readOptionsFile(context.optionsFile), {});
    await keepStored(context.env, context.memoryFolders, storage, {
      version: 1,
      host,
      username: value.Username,
      secret: value.Secret,
      expiresAt: null,
      identifier: null,
      aws: null,
      githubToken: false,
    });
    layAnswers(readEarlier(context.env), context.now() / 1000);
    return { stdout: "", exitCode: 0 };
  } catch (error) {
    if (error instanceof UserError) return fail(`registry-login: ${error.message}; ${error.hint}`);
    throw error;
  }
}

/**
 * `docker login HOST` without a user stores what the helper has just answered. Kept, it would outlive the token that it
 * is, and write a GitHub token down; so it only takes an older one of the person's own away.
 */
function isAlreadyServed(context: HelperContext, host: string, value: z.infer<typeof payload>): boolean {
  const vaults = vaultsOf(readEarlier(context.env));
  const served = vaults.some((vault) => {
    const entry = vault.read("discovered", host);
    return entry?.username === value.Username && keptSecret(context, { vault, entry }) === value.Secret;
  });
  if (served) {
    for (const vault of vaults) vault.remove("stored", host);
    layAnswers(readEarlier(context.env), context.now() / 1000);
  }
  return served;
}

function erase({ env, now }: HelperContext, input: string): Result {
  const server = joinLines(input);
  if (server === "") return fail(NO_SERVER);
  const host = dockerLoginKey(server) ?? registryOf(server)?.host;
  if (host === undefined) return { stdout: "", exitCode: 0 };
  const vaults = vaultsOf(readEarlier(env));
  for (const vault of vaults) vault.remove("stored", host);
  layAnswers(readEarlier(env), now() / 1000);
  const left = findEntry(vaults, host)?.entry;
  if (left === undefined) return { stdout: "", exitCode: 0 };
  const why = left.githubToken
    ? cause("github-token-set")
    : cause("secrets-set", { identifier: left.identifier ?? host });
  const { message, hint } = explain("still-logged-in", { host, cause: why });
  return { stdout: "", stderr: `registry-login: ${message}; ${hint}\n`, exitCode: 0 };
}

function list(env: Environment): Result {
  const users: Record<string, string> = {};
  const vaults = vaultsOf(readEarlier(env));
  for (const { host } of vaults.flatMap((vault) => [...vault.list("stored"), ...vault.list("discovered")])) {
    const key = registryOf(host)?.keys[0];
    const found = findEntry(vaults, host);
    if (key !== undefined && found !== null) users[key] = found.entry.username;
  }
  return say(JSON.stringify(users));
}

/**
 * docker's login to Docker Hub by browser keeps two tokens beside the login itself, with whatever helper the Hub has.
 * They are docker's own: stored and answered exactly, under a name that no host can have.
 */
function dockerLoginKey(server: string): string | null {
  const kind = /^https:\/\/index\.docker\.io\/v1\/((?:access|refresh)-token)$/.exec(server.trim())?.[1];
  return kind === undefined ? null : `docker.io+${kind}`;
}

/** The reference implementation joins the input's lines without a separator, then trims. */
function joinLines(input: string): string {
  return input.split("\n").join("").trim();
}

function registryOf(server: string): Registry | null {
  try {
    return parseRegistry(server);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

function say(line: string): Result {
  return { stdout: `${line}\n`, exitCode: 0 };
}

function fail(line: string): Result {
  return { stdout: `${line}\n`, exitCode: 1 };
}
