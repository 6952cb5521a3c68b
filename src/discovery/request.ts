import type { Code, Explanation } from "../findings/finding.ts";
import type { RegistryKind } from "../registries/kind.ts";
import type { Registry } from "../registries/registry.ts";

/**
 * Where the parts of a login came from. `option`: the server came from the option `registries`. `gitlab`: the variables
 * that GitLab CI sets for a job.
 */
export type Source = "environment" | "option" | "codespaces" | "github-token" | "gitlab";

/** How secrets become a credential: unchanged (null), or by AWS's token API with a key pair or its default chain. */
export type ExchangeKind = "aws-keys" | "aws-chain" | null;

/** A login to make. Only a keyless one (`aws-chain`) has no `user` and `password`. */
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
