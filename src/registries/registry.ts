import { acr } from "./acr.ts";
import { dockerHub } from "./docker-hub.ts";
import { ecr } from "./ecr.ts";
import { ecrPublic } from "./ecr-public.ts";
import { ghcr } from "./ghcr.ts";
import { google } from "./google.ts";
import type { KindFacts, RecognizeKind, RegistryKind } from "./kind.ts";
import { npm } from "./npm.ts";
import { parseServer, type Scheme, type Server, withoutDefaultPort } from "./server.ts";

/** A registry, parsed from the text of a SERVER secret. */
export interface Registry {
  readonly host: string;
  /** The host as the names of images have it. Only {@link parseNamedRegistry} gives another one than `host`. */
  readonly named: string;
  readonly kind: RegistryKind;
  readonly scheme: Scheme;
  readonly endpoint: string;
  /** Where docker, podman and the dev container CLI look a login up; none for npm. */
  readonly keys: readonly string[];
  /** The first of them, which docker uses; the host where there is none. */
  readonly key: string;
  readonly region: string | null;
  readonly account: string | null;
  readonly fips: boolean;
  readonly dualStack: boolean;
}

const kinds: readonly RecognizeKind[] = [dockerHub, npm, ghcr, acr, ecr, ecrPublic, google];

/**
 * Parses the text of a SERVER secret, or a host that a person or a client names.
 *
 * A registry of a known kind is the same with the port 443, and its host has none then. Any other keeps it: clients look up
 * `host:443` and `host` under different keys.
 * @throws UserError when the text is not a registry; see {@link parseServer}.
 */
export function parseRegistry(text: string): Registry {
  const server = parseServer(text);
  const bare = withoutDefaultPort(server.host);
  const facts = recognize({ ...server, host: bare });
  const host = facts.host ?? (facts.kind === "generic" ? server.host : bare);
  const keys = facts.keys ?? [host];
  return {
    host,
    named: host,
    kind: facts.kind,
    // The registries of a cloud have TLS, whatever is written.
    scheme: server.scheme === "unencrypted" && facts.kind !== "generic" ? "https" : server.scheme,
    endpoint: facts.endpoint ?? host,
    keys,
    key: keys[0] ?? host,
    region: facts.region ?? null,
    account: facts.account ?? null,
    fips: facts.fips ?? false,
    dualStack: facts.dualStack ?? false,
  };
}

function recognize(server: Server): KindFacts {
  for (const recognizeKind of kinds) {
    const facts = recognizeKind(server);
    if (facts !== undefined) return facts;
  }
  return { kind: "generic" };
}

/**
 * Parses a host as the name of an image has it: clients look up its login under that spelling, and ask that host.
 * @throws UserError when the text is not a registry; see {@link parseServer}.
 * Source: https://github.com/distribution/reference, where index.docker.io is docker.io.
 */
export function parseNamedRegistry(text: string): Registry {
  const registry = parseRegistry(text);
  const { host } = parseServer(text);
  // Letters of either case are the same host, and different names of logins.
  const named = text.toLowerCase() === host ? text : host;
  if (named === "index.docker.io" || named === registry.host) return registry;
  return { ...registry, named, endpoint: host };
}

/** The key under which docker looks up the login for images of a registry, as it is named. */
export function dockerKeyOf({ host, named, key }: Registry): string {
  return named === host ? key : named;
}
