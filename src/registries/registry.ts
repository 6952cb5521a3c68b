import { acr } from "./acr.ts";
import { dockerHub } from "./docker-hub.ts";
import { ecr } from "./ecr.ts";
import { ecrPublic } from "./ecr-public.ts";
import { ghcr } from "./ghcr.ts";
import { google } from "./google.ts";
import type { KindFacts, RecognizeKind, RegistryKind } from "./kind.ts";
import { npm } from "./npm.ts";
import { parseServer, type Scheme } from "./server.ts";

/** A registry, parsed from the text of a SERVER secret. */
export interface Registry {
  readonly host: string;
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

const kinds: readonly RecognizeKind[] = [dockerHub, ghcr, npm, acr, ecr, ecrPublic, google];

/**
 * Parses the text of a SERVER secret, or a host that a person or a client names.
 * @throws UserError when the text is not a registry; see {@link parseServer}.
 */
export function parseRegistry(text: string): Registry {
  const server = parseServer(text);
  let facts: KindFacts = { kind: "generic" };
  for (const recognize of kinds) {
    const own = recognize(server);
    if (own !== undefined) {
      facts = own;
      break;
    }
  }
  const host = facts.host ?? server.host;
  const keys = facts.keys ?? [host];
  return {
    host,
    kind: facts.kind,
    scheme: server.scheme,
    endpoint: facts.endpoint ?? host,
    keys,
    key: keys[0] ?? host,
    region: facts.region ?? null,
    account: facts.account ?? null,
    fips: facts.fips ?? false,
    dualStack: facts.dualStack ?? false,
  };
}
