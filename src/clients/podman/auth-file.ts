import { IDENTITY_TOKEN_USER } from "../../exchange/acr.ts";
import { cause } from "../../findings/cause.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { type AuthEntry, type ClientLogin, configOf, type LoginConfig, readConfigText } from "../docker/config.ts";
import { OLD_FORM, PODMAN_FORM } from "../docker/config-form.ts";
import { podmanHostOf } from "../docker/config-key.ts";
import { decodeAuth } from "../docker/decode-auth.ts";
import { decodeGo } from "../docker/go-json.ts";
import type { PodmanFile } from "./files.ts";

/** What podman finds for a registry, or a part of it, in `auths` of one file. */
export interface FoundEntry {
  readonly key: string;
  /** null: one without a password, which is not sent, but ends the search. */
  readonly login: ClientLogin | null;
}

/**
 * Reads a file as podman, skopeo and buildah do: unlike docker, they stop where anything is wrong with it.
 * @returns null where there is no such file
 * Source: containers/image `authPath.parse`
 */
export function readPodmanFile({ path, isOld }: PodmanFile): LoginConfig | Explanation | null {
  const text = readConfigText(path);
  if (text === null || typeof text === "object") return text;
  const decoded = decodeGo(text, isOld ? OLD_FORM : PODMAN_FORM);
  if (decoded === null || decoded.hasMore) return broken(path, cause("podman-not-json"));
  if (decoded.fault !== null) return broken(path, cause("podman-type", { path: decoded.fault }));
  return configOf(isOld ? { value: { auths: decoded.value ?? {} } } : decoded);
}

/**
 * Finds the entry that podman uses: the longest path of the repository by its exact key, then the host itself, then any key
 * that stands for the host.
 * @param repository the path of the image; null for the registry as a whole
 * @returns null where there is none, or it is empty; a finding where podman stops
 * Source: containers/image `findCredentialsInFile`
 */
export function findEntry(
  { auths }: LoginConfig,
  host: string,
  repository: string | null,
  file: PodmanFile,
): FoundEntry | Explanation | null {
  const keys = file.isOld ? [host] : keysFor(host, repository);
  const exact = keys.find((key) => Object.hasOwn(auths, key));
  const key =
    exact ?? Object.keys(auths).find((name) => podmanHostOf(name, file.isOld) === podmanHostOf(host, file.isOld));
  const found = key === undefined ? null : readEntry(auths[key] ?? {}, key, file.path);
  // An address stands for its host.
  return found === null || "code" in found ? found : { ...found, key: exact ?? host };
}

/** The entry of a part of a registry, by a key with a path. */
export function findPartialEntry({ auths }: LoginConfig, host: string, file: PodmanFile): FoundEntry | null {
  if (file.isOld) return null;
  for (const key of Object.keys(auths)) {
    const found = key.startsWith(`${host}/`) ? readEntry(auths[key] ?? {}, key, file.path) : null;
    if (found !== null && !("code" in found) && found.login !== null) return found;
  }
  return null;
}

/** podman knows an identity token only next to an `auth`, and no other field. Source: containers/image `decodeDockerAuth` */
function readEntry(
  { auth = "", identitytoken }: AuthEntry,
  key: string,
  path: string,
): FoundEntry | Explanation | null {
  const decoded = decodeAuth(auth);
  if (decoded === "broken") return broken(path, cause("podman-base64", { key }));
  if (decoded === "no-colon") return null;
  if (identitytoken !== undefined) return { key, login: { username: IDENTITY_TOKEN_USER, secret: identitytoken } };
  const { user, password } = decoded;
  if (user === "" && password === "") return null;
  return { key, login: user === "" || password === "" ? null : { username: user, secret: password } };
}

/** `a.io/b/c` is looked up as such, then as `a.io/b` and `a.io`. */
function keysFor(host: string, repository: string | null): string[] {
  const parts = repository?.split("/") ?? [];
  return [...parts.keys(), parts.length].map((length) => [host, ...parts.slice(0, length)].join("/")).reverse();
}

function broken(file: string, why: string): Explanation {
  return explain("podman-file-form", { file, cause: why });
}
