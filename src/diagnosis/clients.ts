import { HELPER } from "../clients/credential-helper.ts";
import type { ClientLogin } from "../clients/docker/config.ts";
import { type FoundLogin, findDockerLogin, type QueryIfPresent } from "../clients/docker/lookup.ts";
import { type Expectation, explainFound } from "../clients/explain-found.ts";
import { currentFolder, findNpmSetting, hasNpmScope } from "../clients/npm/lookup.ts";
import { hasPodman } from "../clients/podman/files.ts";
import { findPartialLogin, findPodmanLogin } from "../clients/podman/lookup.ts";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { printable } from "../printable.ts";
import { storeValue } from "../registration/record.ts";
import { holds, placeOfStore } from "../store/journal.ts";
import type { Store } from "../store/store.ts";
import { note, ok, type Step, shownUser, wrong } from "./step.ts";

/** What clients should present. */
export interface Expected {
  readonly user: string;
  /** null: any token of an identity; each of them is valid. */
  readonly secret: string | null;
}

export interface ClientSituation extends Expectation {
  readonly store: Pick<Store, "find" | "journal">;
  /** Queries the helpers that clients would. */
  readonly query: QueryIfPresent;
  /** null: no login is known except the one that the clients have themselves. */
  readonly expected: Expected | null;
  /** Why our helper has no login for the registry, according to the store. */
  readonly whyNoAnswer: Explanation | null;
  /** Whether a login that a person made with `docker login` overrides the secrets. */
  readonly storedFirst: boolean;
  /** Whether it overrides a login that was saved from secrets, which are not here. */
  readonly overridesSaved: boolean;
}

/** Which login do docker, and the programs that read its configuration, use? */
export async function examineDocker(situation: ClientSituation): Promise<Step> {
  const { env, registry, expected, query } = situation;
  const found = await findDockerLogin(env, registry, query);
  if (found.problem === null && isExpected(found.login, expected)) return useStep("docker", found, situation);
  // docker looks into its file after a helper or store that fails.
  if (found.problem !== null && isExpected(found.hidden, expected)) {
    return ok("docker", describe({ ...found, helper: null, login: found.hidden }));
  }
  if (found.from === "helper" && isOwnAnswer(found)) return explainAnswer("docker", found, situation);
  if (found.from === "store" && found.problem === null) return explainStore(found, situation);
  return explainMissing("docker", found, situation);
}

/** Which login do podman, skopeo and buildah use? No step if none of them is installed. */
export async function examinePodman(situation: ClientSituation, repository: string | null): Promise<Step[]> {
  const { env, registry, expected, query } = situation;
  if (!hasPodman(env)) return [];
  const found = await findPodmanLogin(env, registry, repository, query);
  if (found.problem === null && isExpected(found.login, expected)) {
    const partial = repository === null && expected !== null ? await findPartialLogin(env, registry) : null;
    const step = useStep("podman", found, situation);
    return partial === null ? [step] : [step, note("podman", explainFound("podman", partial, situation))];
  }
  if (isOwnAnswer(found)) return [explainAnswer("podman", found, situation)];
  return [explainMissing("podman", found, situation)];
}

/** Which token does npm use in the current folder? */
export function examineNpm({ env, registry, expected }: ClientSituation): Step {
  const { host } = registry;
  const found = findNpmSetting(env, host, currentFolder());
  if (found === null) return wrong("npm", explain("not-registered", { host, client: "npm" }));
  const { file, setting, unset } = found;
  if (unset !== null) return wrong("npm", explain("npm-variable-unset", { file, variable: unset }));
  if (expected !== null && found.token !== expected.secret) {
    return wrong("npm", explain("npm-other-setting", { file, setting }));
  }
  if (!hasNpmScope(env, host)) return note("npm", explain("npm-no-scope", { host }));
  return ok("npm", `uses the token in ${file}`);
}

/** The client uses what is expected of it. */
function useStep(client: "docker" | "podman", found: FoundLogin, { registry, overridesSaved }: ClientSituation): Step {
  const isOverriding = overridesSaved && found.helper === HELPER;
  return isOverriding ? note(client, explain("stored-login", registry)) : ok(client, describe(found));
}

function isOwnAnswer({ helper, problem }: FoundLogin): boolean {
  return helper === HELPER && problem === null;
}

/** Our helper's answer is not what is expected. */
function explainAnswer(
  client: "docker" | "podman",
  { login }: FoundLogin,
  { registry: { host }, whyNoAnswer, storedFirst }: ClientSituation,
): Step {
  if (login === null) return wrong(client, whyNoAnswer ?? explain("helper-fails", { helper: HELPER, host }));
  // A login that a person stored overrides the secrets on purpose, but is easily forgotten.
  if (storedFirst) return note(client, explain("stored-login", { host }));
  return wrong(client, explain("login-stale", { client, host }));
}

/** The configuration leads to something else, or nothing. */
function explainMissing(client: "docker" | "podman", found: FoundLogin, situation: ClientSituation): Step {
  const { expected, whyNoAnswer } = situation;
  const isNothing = found.from === "nothing" && found.problem === null;
  if (isNothing && expected === null) return ok(client, "pulls without a login");
  const finding = explainFound(client, found, situation);
  // The cause of a login that failed, or was lost, comes before what is missing without it.
  const isConsequence = finding.code === "not-registered" || finding.code === "line-missing";
  return wrong(client, isConsequence ? (whyNoAnswer ?? finding) : finding);
}

/** docker asks a store for all registries. */
function explainStore(found: FoundLogin, situation: ClientSituation): Step {
  const { registry, expected, storedFirst, isHost } = situation;
  const { host } = registry;
  const { helper, login, hidden } = found;
  if (login !== null && storedFirst && helper === HELPER) return note("docker", explain("stored-login", { host }));
  if (login !== null && isHost && helper !== HELPER) return explainStored(found, login, situation);
  if (login !== null) return wrong("docker", explain("store-login", { host, helper: helper ?? "" }));
  if (!hidden && expected === null) return ok("docker", "pulls without a login");
  return explainMissing("docker", found, situation);
}

/** A store of the machine has a login that is not the one of the secrets: an old one of ours, or one that a person made. */
function explainStored(
  { helper, key }: FoundLogin,
  login: ClientLogin,
  { registry: { host }, store }: ClientSituation,
): Step {
  const name = helper ?? "";
  if (holds(store.journal, { file: placeOfStore(name), key, sha256: storeValue(key, login).sha256 })) {
    return wrong("docker", explain("login-stale", { client: "docker", host }));
  }
  return note("docker", explain("login-by-hand", { user: shownUser(login.username), key: host, store: name }));
}

function describe({ from, helper, login, file }: FoundLogin): string {
  const user =
    login?.isRegistryToken === true
      ? "with a registry token"
      : login?.username === IDENTITY_TOKEN_USER
        ? "with an identity token"
        : `as ${shownUser(login?.username ?? "")}`;
  if (helper !== null) return `logs in ${user} (docker-credential-${printable(helper)})`;
  return `logs in ${user} (${from === "variable" ? "DOCKER_AUTH_CONFIG" : file})`;
}

/** Is this the login that clients should present? */
export function isExpected(login: ClientLogin | null, expected: Expected | null): boolean {
  if (login === null) return false;
  if (expected === null) return true;
  if (expected.secret === null) return login.username === expected.user;
  return login.secret === expected.secret && nameOf(login.username) === nameOf(expected.user);
}

/** Clients store Azure's identity token under one of two user names. */
function nameOf(user: string): string {
  return user === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : user;
}
