import type { Environment } from "../platform/environment.ts";
import type { Registry } from "../registries/registry.ts";
import type { ExchangeKind } from "./request.ts";
import { isAws } from "./skipped.ts";

/** Docker's hardened images, which a login to Docker Hub opens. */
const HARDENED_IMAGES = "dhi.io";

/**
 * How the identity of the machine, or of the job, logs in to a registry.
 * @param user the USER secret; with one, only Docker Hub needs no password: it is the organization
 * @returns null where the registry accepts no such identity
 */
export function keylessExchange(registry: Registry, user: string | undefined, env: Environment): ExchangeKind {
  const { kind, host } = registry;
  const isHub = kind === "docker-hub" || host === HARDENED_IMAGES;
  if (isHub) return (env.DOCKERHUB_OIDC_CONNECTIONID ?? "").trim() === "" ? null : "docker-oidc";
  if (user !== undefined) return null;
  if (isAws(registry)) return "aws-chain";
  if (kind === "google") return "google-adc";
  return kind === "acr" ? "azure-identity" : null;
}

/** The organization at Docker Hub: by default it is called like the owner of the repository at GitHub. */
export function organizationOf(user: string | undefined, env: Environment): string {
  return user ?? env.GITHUB_REPOSITORY_OWNER?.toLowerCase() ?? "";
}
