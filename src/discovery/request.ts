import type { Code, Explanation } from "../findings/finding.ts";
import type { RegistryKind } from "../registries/kind.ts";
import type { Registry } from "../registries/registry.ts";

/** Where the parts of a login came from. An entry of the `registries` option counts as `option`. */
export type Source = "environment" | "option" | "codespaces" | "github-token";

/** How the secrets become a registry credential: as they are, by AWS's token API with a key pair, or with its default chain. */
export type ExchangeKind = "aws-keys" | "aws-chain" | null;

/** Somebody wants to be logged in to `registry`. Only a keyless login (`aws-chain`) lacks `user` and `password`. */
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

/** A set of three that is there, but that must not or cannot be used. */
export interface Rejected {
  readonly identifier: string;
  readonly host: string | null;
  readonly kind: RegistryKind | null;
  readonly code: Code;
  readonly reason: string;
  readonly hint: string;
}

/** A set that asks for no login: incomplete, or a second one for a host. */
export interface Skipped {
  readonly identifier: string;
  readonly missing: readonly Part[];
  readonly reason: string;
  /** The set that is used for its host in place of this one. */
  readonly rival?: Explanation;
}

export type Part = "SERVER" | "USER" | "PASSWORD";

export interface Discovery {
  readonly requests: readonly LoginRequest[];
  readonly rejected: readonly Rejected[];
  readonly skipped: readonly Skipped[];
  /** Whether the environment holds any user or password of the convention; a shell often has none. */
  readonly secretsSeen: boolean;
  /** Every password seen, also of sets that come to nothing: what no output may hold. */
  readonly secrets: readonly { readonly user: string; readonly password: string }[];
}
