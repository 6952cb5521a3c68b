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
  readonly keys: readonly string[];
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
  return {
    host,
    kind: facts.kind,
    // The registries of a cloud have TLS, whatever is written.
    scheme: server.scheme === "unencrypted" && facts.kind !== "generic" ? "https" : server.scheme,
    endpoint: facts.endpoint ?? host,
    keys: facts.keys ?? [host],
    region: facts.region ?? null,
    account: facts.account ?? null,
    fips: facts.fips ?? false,
    dualStack: facts.dualStack ?? false,
  };
}
