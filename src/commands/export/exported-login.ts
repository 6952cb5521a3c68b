import type { Registry } from "../../registries/registry.ts";

/** A login as it leaves the store for a program that cannot query a helper. */
export interface ExportedLogin {
  readonly registry: Registry;
  readonly username: string;
  readonly secret: string;
  /** The secret is an identity token of a registry that does not accept it as a password. */
  readonly isIdentityToken: boolean;
  /** In epoch seconds; null where nobody says. */
  readonly expiresAt: number | null;
  /** When to make a token anew that this export has made and saved nowhere, in epoch seconds; null for any other login. */
  readonly renewAt: number | null;
  /** What it ends with, where no time says so: the job or the codespace whose token it is. */
  readonly endsWith: "job" | "codespace" | null;
}

/** When the first of these logins expires, in epoch seconds; null where no expiry is known. */
export function firstExpiry(logins: readonly ExportedLogin[]): number | null {
  const times = logins.flatMap(({ expiresAt }) => expiresAt ?? []);
  return times.length === 0 ? null : Math.min(...times);
}

/**
 * The key of a registry in docker's config.json, by which docker, Helm and kubelet find it; for Docker Hub an address.
 * Source: docker/cli `getAuthConfigKey`
 */
export function dockerKey({ keys, host }: Registry): string {
  return keys[0] ?? host;
}
