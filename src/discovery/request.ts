import type { Code, Explanation } from "../findings/finding.ts";
import type { RegistryKind } from "../registries/kind.ts";
import type { Registry } from "../registries/registry.ts";

/**
 * Where the parts of a login came from. `option`: the server came from the option `registries`. `gitlab`: the variables
 * that GitLab CI sets for a job.
 */
export type Source = "environment" | "option" | "codespaces" | "github-token" | "gitlab";

/**
 * How secrets, or the identity of the machine, become a credential: unchanged (null); by AWS's token API with a key pair or
 * its default chain; by Google, with its application default credentials or the key of a service account; by Azure; or at
 * Docker Hub with the token of a GitHub Actions job.
 */
export type ExchangeKind =
  | "aws-keys"
  | "aws-chain"
  | "google-adc"
  | "google-key"
  | "azure-identity"
  | "docker-oidc"
  | null;

/** What reports call the identity of the machine, for the exchanges that need no key. */
const OWN_IDENTITIES: Readonly<Partial<Record<NonNullable<ExchangeKind>, string>>> = {
  "aws-chain": "the machine's own AWS identity",
  "google-adc": "the machine's own Google identity",
  "azure-identity": "the machine's own Azure identity",
  "docker-oidc": "the identity of the GitHub Actions job",
};

/** Is a login made with the identity of the machine, or of the job? */
export function isKeyless({ exchange }: Pick<LoginRequest, "exchange">): boolean {
  return exchange !== null && OWN_IDENTITIES[exchange] !== undefined;
}

/** Whom a login is for, in words or by name. */
export function userOrIdentity({ user, exchange }: Pick<LoginRequest, "user" | "exchange">): string {
  return (exchange === null ? undefined : OWN_IDENTITIES[exchange]) ?? user ?? "";
}

/** A login to make. Only a keyless one has no `password`, and no `user`, except the organization at Docker Hub. */
export interface LoginRequest {
  readonly identifier: string;
  readonly source: Source;
  readonly registry: Registry;
  readonly user: string | null;
  readonly password: string | null;
  /** Belongs to temporary AWS keys. */
  readonly sessionToken: string | null;
  readonly exchange: ExchangeKind;
}

/** A secret set that is complete, but must not or cannot be used. */
export interface Rejected {
  readonly identifier: string;
  readonly host: string | null;
  readonly kind: RegistryKind | null;
  readonly code: Code;
  readonly reason: string;
  readonly hint: string;
}

/** A secret set that results in no login: incomplete, a second one for a host, or under a name that is not valid. */
export interface Skipped {
  readonly identifier: string;
  readonly missing: readonly Part[];
  /** Why, in order; never empty. */
  readonly findings: readonly Explanation[];
  /** The messages and the hints of the findings. */
  readonly reason: string;
  readonly hint: string;
  /** Whether it may be meant for another program, or for a container that has its secrets. */
  readonly isOptional: boolean;
  /** Whether its variables are set, and all of them are empty. */
  readonly isUnset: boolean;
}

export type Part = "SERVER" | "USER" | "PASSWORD";

export interface Discovery {
  readonly requests: readonly LoginRequest[];
  readonly rejected: readonly Rejected[];
  readonly skipped: readonly Skipped[];
  /** Complete sets that are skipped because a different set is for the same host. */
  readonly rivals: readonly LoginRequest[];
  /** The identifiers in the secrets file of a codespace, which lists what the codespace may have; null without such a file. */
  readonly codespacesIdentifiers: ReadonlySet<string> | null;
}
