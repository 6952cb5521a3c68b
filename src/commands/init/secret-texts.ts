import type { RegistryKind } from "../../registries/kind.ts";
import type { Registry } from "../../registries/registry.ts";

/** The parts of a secret set that are declared. */
export type SecretPart = "SERVER" | "USER" | "PASSWORD";

const DOCS = "https://github.com/registry-login/registry-login/blob/main/docs/user/";

const PAGES: Readonly<Partial<Record<RegistryKind, string>>> = {
  acr: "azure.md",
  ecr: "aws-ecr.md",
  "ecr-public": "aws-ecr.md",
  ghcr: "github.md",
  npm: "github.md",
  google: "google.md",
  "docker-hub": "docker-hub.md",
};

const USERS: Readonly<Partial<Record<RegistryKind, string>>> = {
  acr: "Service principal, token name or admin user",
  ecr: "Access key id",
  "ecr-public": "Access key id",
  google: "_json_key, or _json_key_base64",
};

const PASSWORDS: Readonly<Partial<Record<RegistryKind, string>>> = {
  acr: "Its password",
  ecr: "Secret access key",
  "ecr-public": "Secret access key",
  ghcr: "Personal access token (classic) with read:packages",
  google: "The service account's key file",
};

/** The name of a secret. */
export function secretName(identifier: string, part: SecretPart): string {
  return `${identifier}_CONTAINER_REGISTRY_${part}`;
}

/** What devcontainer.json declares for a secret. Source: https://containers.dev/implementors/spec/, declarative secrets */
export function declareSecret(
  part: SecretPart,
  { host, kind }: Registry,
): { description: string; documentationUrl: string } {
  const what = {
    SERVER: `Host of the registry: ${host}`,
    USER: `${USERS[kind] ?? "User name"} for ${host}`,
    PASSWORD: `${PASSWORDS[kind] ?? "Password or token"} for ${host}`,
  }[part];
  return { description: what, documentationUrl: DOCS + (PAGES[kind] ?? "other-registries.md") };
}

/** Is this a declaration that {@link declareSecret} made? */
export function isOurDeclaration(name: string, url: unknown): boolean {
  return /_CONTAINER_REGISTRY_(?:SERVER|USER|PASSWORD)$/.test(name) && typeof url === "string" && url.startsWith(DOCS);
}
