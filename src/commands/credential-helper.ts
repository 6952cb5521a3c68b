import * as z from "zod/mini";
import { HELPER, NOT_FOUND, queryHelper } from "../clients/credential-helper.ts";
import { readLoginConfig } from "../clients/docker/config.ts";
import { dockerConfigFile } from "../clients/docker/edit-config.ts";
import type { HelperContext, Result } from "../context.ts";
import { currentSecret, savedSecret } from "../credentials/current-secret.ts";
import { explainMissingLogin } from "../credentials/missing-login.ts";
import { isFresh } from "../credentials/renewal.ts";
import { parseOptions, readOptions } from "../discovery/options.ts";
import { tokenName } from "../exchange/aws-identity.ts";
import { cause } from "../findings/cause.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { parseJson } from "../platform/json.ts";
import { jsonLine } from "../printable.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { answerOf } from "../store/answer-cache.ts";
import { savedSecrets } from "../store/known-logins.ts";
import { type Change, openStore, type SavedLogin, type Store } from "../store/store.ts";
import { VERSION } from "../version.ts";
import { areSecretsRotated, logInRotated } from "./login/log-in-rotated.ts";

/** The protocol's exact texts; clients compare with them. */
const NO_SERVER = "no credentials server URL";
const NO_USERNAME = "no credentials username";

const NAME = `docker-credential-${HELPER}`;
const USAGE = `Usage: ${NAME} <store|get|erase|list|version>`;

const payload = z.lazy(() => z.object({ ServerURL: z.string(), Username: z.string(), Secret: z.string() }));

/**
 * docker's credential-helper protocol. Errors go to stdout with exit code 1, as clients expect; stderr is for persons.
 * @param args the arguments
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
        return await erase(context, await readStdin());
      case "list":
        return list(context);
      case "renew":
        return await renew(context, await readStdin());
      case "version":
      case "--version":
      case "-v":
        return print(`${NAME} (registry-login) ${VERSION}`);
      case "--help":
      case "-h":
        return print(USAGE);
    }
  }
  return args.length === 1 ? fail(`unknown action: ${verb}\n${USAGE}`) : fail(USAGE);
}

async function get(context: HelperContext, input: string): Promise<Result> {
  const server = joinLines(input);
  if (server === "") return refuse(NO_SERVER);
  const opened = openStore(context);
  context.secrets.add(savedSecrets(opened));
  const ownKey = dockerLoginKey(server);
  if (ownKey !== null) {
    const own = opened.find(ownKey);
    return own === null ? refuse(NOT_FOUND) : answer(answerOf(server, own.entry.username, own.entry.secret));
  }
  const registry = registryOf(server);
  if (registry === null) return refuse(NOT_FOUND);
  const { host } = registry;
  const isRotated = areSecretsRotated(context, opened);
  const warning = isRotated ? await logInRotated(context, host) : null;
  const store = isRotated ? openStore(context) : opened;
  const found = store.find(host);
  if (found !== null) {
    const secret = await currentSecret(context, store, found);
    if (typeof secret !== "string") return notFound(host, secret);
    store.refreshAnswer(host);
    const answered = answer(answerOf(server, found.entry.username, secret));
    return warning === null ? answered : { ...answered, stderr: `registry-login: ${host}: ${warning}\n` };
  }
  const finding = explainMissingLogin(store, host);
  if (finding === null) return refuse(NOT_FOUND);
  return (await otherStoreAnswer(context.env, server, host, store)) ?? notFound(host, finding);
}

/**
 * A login that failed must not hide what another credential store knows, which came into docker's config file since then,
 * as VS Code writes one. Our own entry comes before it, so docker does not query it.
 */
async function otherStoreAnswer(env: Environment, server: string, host: string, store: Store): Promise<Result | null> {
  if (store.registrations.find((login) => login.host === host)?.failure === undefined) return null;
  const config = readLoginConfig(dockerConfigFile(env));
  const other = "code" in config ? null : config.credsStore;
  const found = other === null || other === HELPER ? "not-found" : await queryHelper(other, server, env);
  return typeof found === "string" ? null : answer(answerOf(server, found.username, found.secret));
}

/**
 * Renews the token of a registry whose answer is not fresh any more. The launcher starts this behind a client's back, so
 * nothing is printed.
 * @returns exit code 0 where the cached answer is fresh again
 */
async function renew(context: HelperContext, input: string): Promise<Result> {
  const store = openStore(context);
  const found = store.find(registryOf(joinLines(input))?.host ?? "");
  if (found === null) return { stdout: "", exitCode: 1 };
  const secret = await currentSecret(context, store, found, false);
  if (typeof secret === "string") store.refreshAnswer(found.entry.host);
  return { stdout: "", exitCode: isTokenFresh(context, store, found) ? 0 : 1 };
}

function isTokenFresh({ now }: HelperContext, store: Store, { entry, storage }: SavedLogin): boolean {
  const token = entry.aws === null ? null : store.tokens(storage)?.read(tokenName(entry.aws));
  return token == null || isFresh(token, now() / 1000);
}

/**
 * There is no login now, and the cause is shown on stderr. Any other failure than "not found" would be worse: podman then
 * refuses even public images, and one such host makes the classic `docker build` drop its logins to all the others.
 */
function notFound(host: string, { message, hint }: Pick<Explanation, "message" | "hint">): Result {
  return { ...refuse(NOT_FOUND), stderr: `registry-login: ${host}: ${message}; ${hint}\n` };
}

async function store(context: HelperContext, input: string): Promise<Result> {
  const parsed = payload.safeParse(parseJson(input));
  if (!parsed.success) return fail("the input is not the JSON object of a credential (ServerURL, Username, Secret)");
  const { ServerURL: server, Username: username, Secret: secret } = parsed.data;
  if (server.trim() === "") return refuse(NO_SERVER);
  if (username === "") return refuse(NO_USERNAME);
  context.secrets.add([secret]);
  try {
    const host = dockerLoginKey(server) ?? parseRegistry(server).host;
    const saved = openStore(context);
    if (isAlreadyServed(context, saved, host, { username, secret })) {
      await removeStored(saved, host);
      return DONE;
    }
    // A client that calls the helper reads its answers: with plaintext storage docker writes its file itself.
    const { storage } = parseOptions(readOptions(context), {});
    await changeStored(saved, host, {
      storage: storage === "disk" ? "disk" : "memory",
      origin: "stored",
      entry: { ...NEW_ENTRY, host, username, secret },
    });
    return DONE;
  } catch (error) {
    if (error instanceof UserError) return fail(`registry-login: ${error.message}; ${error.hint}`);
    throw error;
  }
}

const DONE: Result = { stdout: "", exitCode: 0 };

const NEW_ENTRY = { version: 1, expiresAt: null, identifier: null, aws: null, githubToken: false } as const;

/**
 * `docker login HOST` without a user stores what the helper has just answered. Saved, it would outlive the token that it
 * is, and write a GitHub token down; so it only removes an older one of the person's own.
 */
function isAlreadyServed(
  context: HelperContext,
  store: Store,
  host: string,
  { username, secret }: { username: string; secret: string },
): boolean {
  return store
    .entries()
    .filter(({ origin, entry }) => origin === "discovered" && entry.host === host && entry.username === username)
    .some((saved) => savedSecret(context, store, saved) === secret);
}

async function removeStored(store: Store, host: string): Promise<void> {
  const isStored = ({ origin, entry }: SavedLogin): boolean => origin === "stored" && entry.host === host;
  if (store.entries().some(isStored)) await changeStored(store, host);
}

/** Replaces what a person stored for a host with `docker login`, or removes it. */
async function changeStored(store: Store, host: string, saving?: Change<null>["save"][number]): Promise<void> {
  await store.commit((): Change<null> => {
    const { registrations, configFiles, journal } = store;
    const isObsolete = ({ origin, entry, storage }: SavedLogin): boolean =>
      origin === "stored" && entry.host === host && storage !== saving?.storage;
    return {
      save: saving === undefined ? [] : [saving],
      registrations,
      isObsolete,
      updateClients: async () => ({ result: null, configFiles, journal }),
    };
  });
}

async function erase(context: HelperContext, input: string): Promise<Result> {
  const server = joinLines(input);
  if (server === "") return refuse(NO_SERVER);
  const host = dockerLoginKey(server) ?? registryOf(server)?.host;
  if (host === undefined) return DONE;
  const store = openStore(context);
  context.secrets.add(savedSecrets(store));
  await removeStored(store, host);
  const left = store.find(host)?.entry;
  if (left === undefined) return DONE;
  const why = left.githubToken
    ? cause("github-token-set")
    : cause("secrets-set", { identifier: left.identifier ?? host });
  const { message, hint } = explain("still-logged-in", { host, cause: why });
  return { ...DONE, stderr: `registry-login: ${message}; ${hint}\n` };
}

function list(context: HelperContext): Result {
  const store = openStore(context);
  context.secrets.add(savedSecrets(store));
  const hosts = new Set(store.entries().map(({ entry }) => entry.host));
  const users = [...hosts].flatMap((host) => {
    const key = registryOf(host)?.keys[0];
    const found = store.find(host);
    return key === undefined || found === null ? [] : [[key, found.entry.username] as const];
  });
  return { stdout: jsonLine(Object.fromEntries(users)), exitCode: 0 };
}

/**
 * docker's login to Docker Hub by browser stores two tokens next to the login itself, with the helper of Docker Hub.
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

/** An answer of the protocol, which holds a secret. */
function answer(line: string): Result {
  return { ...print(line), isProtocol: true };
}

/** A failure in one of the protocol's own texts. */
function refuse(line: string): Result {
  return { ...fail(line), isProtocol: true };
}

function print(line: string): Result {
  return { stdout: `${line}\n`, exitCode: 0 };
}

function fail(line: string): Result {
  return { stdout: `${line}\n`, exitCode: 1 };
}
