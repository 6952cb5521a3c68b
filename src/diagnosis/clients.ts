import { HELPER } from "../clients/credential-helper.ts";
import type { ClientLogin } from "../clients/docker/config.ts";
import { type FoundLogin, findDockerLogin } from "../clients/docker/lookup.ts";
import { currentFolder, findNpmSetting, hasNpmScope } from "../clients/npm/lookup.ts";
import { findPodmanLogin, hasPodman } from "../clients/podman/lookup.ts";
import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { printable } from "../printable.ts";
import type { Registry } from "../registries/registry.ts";
import { note, ok, type Step, shownUser, wrong } from "./step.ts";

/** What clients should present. */
export interface Expected {
  readonly user: string;
  /** null: any token of AWS; each of them is valid. */
  readonly secret: string | null;
}

export interface ClientSituation {
  readonly env: Environment;
  readonly registry: Registry;
  /** null: no login is known except the one that the clients have themselves. */
  readonly expected: Expected | null;
  /** Why our helper has no login for the registry, according to the store. */
  readonly whyNoAnswer: Explanation | null;
  /** Whether a login that a person made with `docker login` overrides the secrets. */
  readonly storedFirst: boolean;
}

/** Which login do docker, and the programs that read its configuration, use? */
export async function examineDocker(situation: ClientSituation): Promise<Step> {
  const { env, registry, expected } = situation;
  const found = await findDockerLogin(env, registry);
  if (found.problem !== null) return wrong("docker", found.problem);
  const { host } = registry;
  if (isExpected(found.login, expected)) return ok("docker", describe(found));
  switch (found.from) {
    case "variable":
      return wrong("docker", explain("docker-auth-config", { host }));
    case "helper":
      return explainHelper("docker", found, situation);
    case "store":
      return explainStore(found, situation);
    case "file":
      return wrong("docker", explain("docker-other-login", { file: found.file, host, client: "docker" }));
    case "nothing":
      return expected === null
        ? ok("docker", "pulls without a login")
        : wrong("docker", situation.whyNoAnswer ?? explain("not-registered", { host, client: "docker" }));
  }
}

/** Which login do podman, skopeo and buildah use? No step if none of them is installed. */
export async function examinePodman(situation: ClientSituation, repository: string | null): Promise<Step[]> {
  const { env, registry, expected } = situation;
  if (!hasPodman(env)) return [];
  const { host } = registry;
  const found = await findPodmanLogin(env, registry, repository);
  if (found.problem !== null) return [wrong("podman", found.problem)];
  if (isExpected(found.login, expected)) return [ok("podman", describe(found))];
  if (found.from === "helper") return [explainHelper("podman", found, situation)];
  if (found.from === "file") {
    return [wrong("podman", explain("podman-other-login", { file: found.file, key: found.key }))];
  }
  if (expected === null) return [ok("podman", "pulls without a login")];
  const file = env.REGISTRY_AUTH_FILE ?? "";
  return [
    wrong(
      "podman",
      file === ""
        ? (situation.whyNoAnswer ?? explain("not-registered", { host, client: "podman" }))
        : explain("podman-other-file", { file, host }),
    ),
  ];
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

function explainHelper(
  client: "docker" | "podman",
  { login, helper, file }: FoundLogin,
  { registry: { host }, whyNoAnswer, storedFirst }: ClientSituation,
): Step {
  if (helper !== HELPER) {
    return wrong(client, explain("docker-other-helper", { client, helper: helper ?? "", host, file }));
  }
  if (login === null) return wrong(client, whyNoAnswer ?? explain("helper-fails", { helper, host }));
  // A login that a person stored overrides the secrets on purpose, but is easily forgotten.
  if (storedFirst) return note(client, explain("stored-login", { host }));
  return wrong(client, explain("login-stale", { client, host }));
}

function explainStore(
  found: FoundLogin,
  { registry: { host }, expected, whyNoAnswer, storedFirst }: ClientSituation,
): Step {
  const { helper, login, file, hidden } = found;
  if (login === null && hidden) return wrong("docker", explain("docker-creds-store", { store: helper ?? "", file }));
  if (login === null && expected === null) return ok("docker", "pulls without a login");
  if (login !== null && storedFirst && helper === HELPER) return note("docker", explain("stored-login", { host }));
  if (login !== null) return wrong("docker", explain("store-login", { host, helper: helper ?? "" }));
  return wrong("docker", whyNoAnswer ?? explain("not-registered", { host, client: "docker" }));
}

function describe({ from, helper, login, file }: FoundLogin): string {
  const user =
    login?.username === IDENTITY_TOKEN_USER ? "with an identity token" : `as ${shownUser(login?.username ?? "")}`;
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
