import { distance } from "fastest-levenshtein";
import { type Explanation, explain } from "../findings/finding.ts";
import { isSwapped } from "../platform/spelling.ts";
import type { Registry } from "./registry.ts";

/** Registries whose names are mistyped often enough that somebody else registered the mistake. */
const KNOWN = ["ghcr.io", "docker.io", "quay.io", "public.ecr.aws", "npm.pkg.github.com", "registry.gitlab.com"];

/**
 * Is this host the name of a well-known registry with one letter wrong, or two swapped? A password must not go there.
 * Source: the look-alike ghrc.io asked docker for GitHub tokens (2025).
 */
export function explainLookAlike({ host, kind }: Registry): Explanation | null {
  if (kind !== "generic" || KNOWN.includes(host)) return null;
  const known = KNOWN.find((name) => distance(host, name) === 1 || isSwapped(host, name));
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

/** A name that looks like a cloud's and does not end like one. It may be right, so it only explains why a login fails. */
export function suspectSuffix({ host, kind }: Registry): Explanation | null {
  const found = kind === "generic" ? CLOUDS.find(({ pattern }) => pattern.test(host)) : undefined;
  return found === undefined ? null : explain("server-suffix", { host, cloud: found.cloud, example: found.example });
}
