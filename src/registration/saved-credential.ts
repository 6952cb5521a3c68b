import { textsOfLogin } from "../clients/docker/auths.ts";
import { findDockerLogin, type QueryIfPresent } from "../clients/docker/lookup.ts";
import type { StorePrograms } from "../clients/native/store-program.ts";
import { currentSecret, type SecretContext } from "../credentials/current-secret.ts";
import type { Credential } from "../exchange/credential.ts";
import { parseRegistry } from "../registries/registry.ts";
import { fingerprint, holds, placeOfStore } from "../store/journal.ts";
import type { Registration } from "../store/state.ts";
import type { Store } from "../store/store.ts";
import { storeValue } from "./record.ts";

/**
 * The credential that an earlier run saved for a host, as a client would present it now: from a vault, or with plaintext
 * storage from docker's config file.
 * @returns null where it was lost, has expired or cannot be renewed, and for npm
 */
export async function savedCredential(
  context: SecretContext,
  stores: StorePrograms,
  store: Store,
  registration: Registration,
): Promise<Credential | null> {
  if (registration.storage === "store") return await storeCredential(stores, store, registration);
  if (registration.storage === "plaintext") return await plaintextCredential(context, store, registration);
  const saved = store.credentialOf(registration);
  if (saved === null) return null;
  const secret = await currentSecret(context, store, saved);
  if (typeof secret !== "string") return null;
  return { username: saved.entry.username, secret, expiresAt: saved.entry.expiresAt };
}

async function storeCredential(
  stores: StorePrograms,
  { journal }: Store,
  { host, store: name = "" }: Registration,
): Promise<Credential | null> {
  const { key } = parseRegistry(host);
  const login = await stores(name).get(key);
  if (login === null || "code" in login) return null;
  const { sha256 } = storeValue(key, login);
  return holds(journal, { file: placeOfStore(name), key, sha256 }) ? { ...login, expiresAt: null } : null;
}

async function plaintextCredential(
  { env }: SecretContext,
  { journal }: Store,
  { host, fallback }: Registration,
): Promise<Credential | null> {
  const nobody: QueryIfPresent = async () => ({ login: null, problem: null, isUnknown: true });
  const found = await findDockerLogin(env, parseRegistry(host), nobody);
  // docker looks into its file after a store that fails.
  const isAfterStore = found.helper !== null && found.helper === fallback;
  const login = found.from === "file" ? found.login : isAfterStore ? found.hidden : null;
  if (login === null) return null;
  const isOurs = textsOfLogin(login).some((text) => holds(journal, { sha256: fingerprint(text) }));
  return isOurs ? { ...login, expiresAt: null } : null;
}
