import { distance } from "fastest-levenshtein";
import { type Explanation, explain } from "../findings/finding.ts";
import { isSwapped } from "../platform/spelling.ts";
import { hostName } from "./address.ts";
import type { Registry } from "./registry.ts";
import { withoutDefaultPort } from "./server.ts";

/** Registries whose names are mistyped so often that others have registered the misspellings. */
const KNOWN = [
  "ghcr.io",
  "docker.io",
  "quay.io",
  "public.ecr.aws",
  "ecr-public.aws.com",
  "npm.pkg.github.com",
  "registry.gitlab.com",
];

/**
 * The finding for a host that is a well-known registry with one letter wrong, or two swapped: no password may be sent there.
 * Source: the look-alike ghrc.io requested GitHub tokens from docker (2025).
 */
export function explainLookAlike({ host, kind }: Registry): Explanation | null {
  // A port does not change whose host it is.
  const name = hostName(host);
  if (kind !== "generic" || KNOWN.includes(name)) return null;
  const known = KNOWN.find((each) => distance(name, each) === 1 || isSwapped(name, each));
  return known === undefined ? null : explain("server-misspelt", { host, known });
}

const CLOUDS = [
  { cloud: "Azure", pattern: /(?:^|[.-])azurecr[.-]|\.azure\.cr\./, example: "mycompany.azurecr.io" },
  {
    cloud: "AWS",
    pattern: /\.dkr[.-]|(?:^|\.)ecr\..*(?:aws|amazon)/,
    example: "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
  },
  { cloud: "Google", pattern: /pkg\.dev(?:$|\.)|(?:^|[.-])gcr\./, example: "europe-west1-docker.pkg.dev" },
  { cloud: "GitHub", pattern: /(?:^|\.)ghcr\./, example: "ghcr.io" },
] as const;

/** The finding for a name that looks like a cloud's but has a different ending. It may be right, so it is only shown when the login fails. */
export function suspectSuffix({ host, kind }: Registry): Explanation | null {
  const name = withoutDefaultPort(host);
  const found = kind === "generic" ? CLOUDS.find(({ pattern }) => pattern.test(name)) : undefined;
  return found === undefined ? null : explain("server-suffix", { host, cloud: found.cloud, example: found.example });
}
