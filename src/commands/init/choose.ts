import { explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { hostName } from "../../registries/address.ts";
import { parseRegistry, type Registry } from "../../registries/registry.ts";
import { isLikelyPrivate } from "../../repository/privacy.ts";
import type { UsedRegistry } from "../../repository/uses.ts";

/** A registry that the configuration logs in to. */
export interface Chosen {
  readonly identifier: string;
  readonly registry: Registry;
}

/**
 * Reads the values of `--registry`.
 * @throws UserError for one that is not ID=host, or an identifier with two hosts
 */
export function readRegistryFlags(values: readonly string[]): Chosen[] {
  const chosen = new Map<string, Registry>();
  for (const value of values.flatMap((each) => each.split(",")).filter((each) => each.trim() !== "")) {
    const [, name = "", server = ""] = /^\s*([A-Za-z0-9_]+)\s*=\s*(\S+)\s*$/.exec(value) ?? [];
    const identifier = name.toUpperCase();
    const registry = parseChosen(server);
    const known = chosen.get(identifier);
    if (known !== undefined && known.host !== registry.host)
      throw new UserError(explain("registries-twice", { identifier }));
    chosen.set(identifier, registry);
  }
  return [...chosen].map(([identifier, registry]) => ({ identifier, registry }));
}

function parseChosen(server: string): Registry {
  try {
    return parseRegistry(server);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(explain("registry-argument", { problem: error.message }));
  }
}

/** The registries that are chosen where a person accepts every proposal: those that are private, as far as their names tell. */
export function proposedRegistries(registries: readonly UsedRegistry[]): UsedRegistry[] {
  return registries.filter(
    ({ privacy, registry, isOptional, uses }) =>
      privacy !== "public" &&
      isLikelyPrivate(registry) &&
      !isOptional &&
      uses.some(({ phase, depends }) => (phase === "before" || phase === "inside") && depends.length === 0),
  );
}

const BY_KIND: Readonly<Partial<Record<Registry["kind"], string>>> = {
  acr: "ACR",
  ecr: "ECR",
  "ecr-public": "ECR_PUBLIC",
  ghcr: "GHCR",
  google: "GOOGLE",
  "docker-hub": "HUB",
  npm: "NPM",
};

/** Words in host names that say nothing about whose registry it is. */
const COMMON = new Set(
  "registry docker images image containers container cr hub www repo packages artifacts git".split(" "),
);

/** An identifier for a registry that no other one has. */
export function proposeIdentifier(registry: Registry, taken: ReadonlySet<string>): string {
  const labels = hostName(registry.host).split(".");
  const names = labels.length > 1 ? labels.slice(0, -1) : labels;
  const own = names.filter((label) => !COMMON.has(label) && /^[a-z]/.test(label)).at(-1);
  const word = BY_KIND[registry.kind] ?? own?.toUpperCase().replace(/[^A-Z0-9]+/g, "_") ?? "REGISTRY";
  for (let number = 1; ; number++) {
    const identifier = number === 1 ? word : `${word}_${number}`;
    if (!taken.has(identifier)) return identifier;
  }
}
