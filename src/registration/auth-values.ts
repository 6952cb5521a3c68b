import { ACR_TOKEN_USER, IDENTITY_TOKEN_USER } from "../exchange/acr.ts";
import type { Credential } from "../exchange/credential.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { type Earlier, vaultsOf } from "../store/store.ts";
import { findEntry } from "../store/vault.ts";

type Login = Pick<Credential, "username" | "secret">;

/** What plaintext storage writes: docker reads the first key; podman, skopeo and buildah find Docker Hub under it too. */
export function plaintextAuths({ keys }: Registry, login: Login): [string, string][] {
  return keys.slice(0, 1).map((key) => [key, authValue(login)]);
}

/** The login that the helper answers for a host, as docker would write it, under each key. */
export function servedAuths(earlier: Earlier, host: string): [string, string][] {
  const found = findEntry(vaultsOf(earlier), host);
  return found === null ? [] : parseRegistry(host).keys.map((key) => [key, authValue(found.entry)]);
}

function authValue({ username, secret }: Login): string {
  const user = username === IDENTITY_TOKEN_USER ? ACR_TOKEN_USER : username;
  return Buffer.from(`${user}:${secret}`).toString("base64");
}
