import { queryHelper } from "../clients/credential-helper.ts";
import { textsOfLogin } from "../clients/docker/auths.ts";
import { findDockerLogin } from "../clients/docker/lookup.ts";
import { currentSecret, type SecretContext } from "../credentials/current-secret.ts";
import type { Credential } from "../exchange/credential.ts";
import { parseRegistry } from "../registries/registry.ts";
import { fingerprint, placeOfStore, valuesIn } from "../store/journal.ts";
import type { Registration } from "../store/state-file.ts";
import type { Store } from "../store/store.ts";
import { storeValue } from "./record.ts";

/**
 * The credential that an earlier run saved for a host, as a client would present it now: from a vault, or with plaintext
 * storage from docker's config file.
 * @returns null where it was lost, has expired or cannot be renewed, and for npm
 */
export async function savedCredential(
  context: SecretContext,
  store: Store,
  registration: Registration,
): Promise<Credential | null> {
  if (registration.storage === "store") return await storeCredential(context, store, registration);
  if (registration.storage === "plaintext") return await plaintextCredential(context, store, registration.host);
  const saved = store.credentialOf(registration);
  if (saved === null) return null;
  const secret = await currentSecret(context, store, saved);
  if (typeof secret !== "string") return null;
  return { username: saved.entry.username, secret, expiresAt: saved.entry.expiresAt };
}

async function storeCredential(
  { env }: SecretContext,
  { journal }: Store,
  { host, store: name = "" }: Registration,
): Promise<Credential | null> {
  const key = parseRegistry(host).keys[0] ?? host;
  const login = await queryHelper(name, key, env);
  if (typeof login === "string") return null;
  const isOurs = valuesIn(journal, placeOfStore(name)).get(key)?.has(storeValue(key, login).sha256) === true;
  return isOurs ? { ...login, expiresAt: null } : null;
}

async function plaintextCredential(
  { env }: SecretContext,
  { journal }: Store,
  host: string,
): Promise<Credential | null> {
  const { from, login } = await findDockerLogin(env, parseRegistry(host));
  if (from !== "file" || login === null) return null;
  const values = textsOfLogin(login).map(fingerprint);
  return journal.some(({ sha256 }) => values.includes(sha256)) ? { ...login, expiresAt: null } : null;
}
