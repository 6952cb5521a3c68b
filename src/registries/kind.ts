import type { Server } from "./server.ts";

export type RegistryKind = "docker-hub" | "ghcr" | "acr" | "ecr" | "ecr-public" | "google" | "npm" | "generic";

/** What a registry kind derives from a host name. */
export interface KindFacts {
  readonly kind: RegistryKind;
  /** The canonical name, if the registry has several. */
  readonly host?: string;
  /** The keys under which container clients look up the registry in docker's config.json. */
  readonly keys?: readonly string[];
  /** `host[:port]` of the registry API, if it differs from the name. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly account?: string;
  readonly fips?: boolean;
  readonly dualStack?: boolean;
}

/** Recognizes a kind by the whole host name; undefined if the host is of a different kind. */
export type RecognizeKind = (server: Server) => KindFacts | undefined;
