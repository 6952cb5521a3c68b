import { HELPER, NOT_FOUND, queryHelper } from "../../clients/credential-helper.ts";
import { readLoginConfig } from "../../clients/docker/config.ts";
import { dockerConfigFile } from "../../clients/docker/edit-config.ts";
import type { HelperContext, Result } from "../../context.ts";
import { currentSecret } from "../../credentials/current-secret.ts";
import { explainMissingLogin } from "../../credentials/missing-login.ts";
import { isFresh } from "../../credentials/renewal.ts";
import { tokenName } from "../../exchange/identity.ts";
import type { Explanation } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import { answerOf } from "../../store/answer-cache.ts";
import { savedSecrets } from "../../store/known-logins.ts";
import { openStore } from "../../store/open-store.ts";
import type { SavedLogin, Store } from "../../store/store.ts";
import { areSecretsRotated, logInRotated } from "./log-in-rotated.ts";
import { answer, dockerLoginKey, joinLines, NO_SERVER, refuse, registryOf } from "./protocol.ts";

/**
 * The login of a server, as a client presents it. What went wrong with one that there should be is on stderr.
 * @param input the server, as the client writes it
 */
export async function get(context: HelperContext, input: string): Promise<Result> {
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
  const finding = explainMissingLogin(store, host, context.machine !== null);
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
export async function renew(context: HelperContext, input: string): Promise<Result> {
  const store = openStore(context);
  const found = store.find(registryOf(joinLines(input))?.host ?? "");
  if (found === null) return { stdout: "", exitCode: 1 };
  const secret = await currentSecret(context, store, found, false);
  if (typeof secret === "string") store.refreshAnswer(found.entry.host);
  return { stdout: "", exitCode: isTokenFresh(context, store, found) ? 0 : 1 };
}

function isTokenFresh({ now }: HelperContext, store: Store, { entry, storage }: SavedLogin): boolean {
  const token = entry.identity === null ? null : store.tokens(storage)?.read(tokenName(entry.identity));
  return token == null || isFresh(token, now() / 1000);
}

/**
 * There is no login now, and the cause is shown on stderr. Any other failure than "not found" would be worse: podman then
 * refuses even public images, and one such host makes the classic `docker build` drop its logins to all the others.
 */
function notFound(host: string, { message, hint }: Pick<Explanation, "message" | "hint">): Result {
  return { ...refuse(NOT_FOUND), stderr: `registry-login: ${host}: ${message}; ${hint}\n` };
}
