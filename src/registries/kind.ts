import type { Server } from "./server.ts";

export type RegistryKind = "docker-hub" | "ghcr" | "acr" | "ecr" | "ecr-public" | "google" | "npm" | "generic";

/** What a kind knows of a host beyond its name. */
export interface KindFacts {
  readonly kind: RegistryKind;
  /** The name of the registry where several names mean the same one. */
  readonly host?: string;
  /** The keys under which container clients look the registry up in docker's config.json. */
  readonly keys?: readonly string[];
  /** `host[:port]` that answers the registry API, where it is not the name itself. */
  readonly endpoint?: string;
  readonly region?: string;
  readonly account?: string;
  readonly fips?: boolean;
  readonly dualStack?: boolean;
}

/** A kind looks at a whole host name and answers with its facts, or undefined where the host is not its own. */
export type RecogniseKind = (server: Server) => KindFacts | undefined;
