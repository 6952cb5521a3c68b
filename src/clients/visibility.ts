import { explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { findProgram } from "../platform/executable.ts";
import type { Registry } from "../registries/registry.ts";
import type { Registration } from "../store/state-file.ts";
import { HELPER } from "./credential-helper.ts";
import { fingerprint } from "./docker/auths.ts";
import { type AskIfThere, type FoundLogin, findDockerLogin } from "./docker/lookup.ts";

import { findNpmSetting } from "./npm/lookup.ts";
import { lineFingerprint } from "./npm/npmrc.ts";
import { findPodmanLogin } from "./podman/lookup.ts";

/** Which clients find a login of ours, as far as their configuration says. `podman` stands for skopeo and buildah too. */
export interface Clients {
  readonly docker: boolean;
  readonly podman: boolean;
  readonly npm: boolean;
}

/** A login as clients would look for it; one that a person stored with `docker login` has no more than that. */
export interface Sought extends Partial<Pick<Registration, "auths" | "npmrc">> {
  readonly registry: Registry;
  readonly storage: Registration["storage"];
}

/** No client, as for a login that failed. */
export const NOBODY: Clients = { docker: false, podman: false, npm: false };

/**
 * Says which clients find a login, by their configuration alone: no helper is run, since it might use the network.
 * @param folder where npm would be run
 */
export async function whoFinds(env: Environment, login: Sought, folder: string): Promise<Clients> {
  const { registry, storage, npmrc } = login;
  if (storage === "none") return NOBODY;
  if (storage === "npmrc") {
    const found = findNpmSetting(env, registry.host, folder);
    const ours = npmrc === undefined || (found !== null && lineFingerprint(found.line) === npmrc.line);
    return { ...NOBODY, npm: found !== null && found.unset === null && ours };
  }
  const [docker, podman] = await Promise.all([
    findDockerLogin(env, registry, askNobody),
    findPodmanLogin(env, registry, null, askNobody),
  ]);
  return { docker: isOurs(docker, login), podman: isOurs(podman, login), npm: false };
}

const askNobody: AskIfThere = async (helper, _, env, client) => {
  const isThere = findProgram(`docker-credential-${helper}`, env) !== null;
  return { login: null, problem: isThere ? null : explain("helper-missing", { client, helper }) };
};

function isOurs({ from, helper, login, problem }: FoundLogin, { storage, auths = {} }: Sought): boolean {
  if (storage !== "plaintext") return helper === HELPER && problem === null;
  if (from !== "file" || login === null) return false;
  const auth = Buffer.from(`${login.username}:${login.secret}`).toString("base64");
  return Object.values(auths).includes(fingerprint(auth));
}
