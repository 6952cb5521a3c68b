import { readDeclared } from "../../discovery/dev-container.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { parseRegistry } from "../../registries/registry.ts";
import type { Needs } from "../../repository/look.ts";
import type { UsedRegistry } from "../../repository/uses.ts";
import type { Asker } from "./asker.ts";
import { type Chosen, proposedRegistries, proposeIdentifier } from "./choose.ts";
import type { Document } from "./document.ts";

/** What was chosen, and what the file has already. */
export interface Decision {
  readonly chosen: readonly Chosen[];
  /** The identifiers whose server the file maps already. */
  readonly mapped: ReadonlySet<string>;
}

/** What a choice is made from. */
export interface DecisionInput {
  readonly file: string;
  readonly document: Document;
  readonly needs: Needs;
  /** Those of `--registry`; where there are some, nothing else is chosen. */
  readonly named: readonly Chosen[];
  /** Hosts of which a request has shown that they need a login. */
  readonly checked: ReadonlySet<string>;
  readonly asker: Asker | null;
}

/**
 * Decides which registries the configuration logs in to: those that it has already, and those that are named, chosen by a
 * person, or proposed.
 * @throws UserError for an identifier that the file gives to a different host
 */
export async function decide(input: DecisionInput): Promise<Decision> {
  const { file, document, named } = input;
  const { servers } = readDeclared({ file, content: document.value, problem: null });
  const chosen = new Map([...servers].map(([identifier, server]) => [identifier, parseRegistry(server)]));
  const mapped = new Set(chosen.keys());
  for (const { identifier, registry } of named.length > 0 ? named : await others(input, [...chosen])) {
    const known = chosen.get(identifier);
    if (known !== undefined && known.host !== registry.host) {
      throw new UserError(explain("identifier-taken", { file, identifier, host: known.host, other: registry.host }));
    }
    chosen.set(identifier, registry);
  }
  return { chosen: [...chosen].map(([identifier, registry]) => ({ identifier, registry })), mapped };
}

type Known = readonly (readonly [identifier: string, registry: Chosen["registry"]])[];

async function others({ needs, checked, asker }: DecisionInput, known: Known): Promise<Chosen[]> {
  const hosts = new Set(known.map(([, { host }]) => host));
  const open = needs.registries.filter(({ host, privacy }) => privacy !== "public" && !hosts.has(host));
  const isProposed = new Set(proposedRegistries(open).map(({ host }) => host));
  const proposed = open.filter((each) => isProposed.has(each.host) || (checked.has(each.host) && isUsedHere(each)));
  const taken = new Set(known.map(([identifier]) => identifier));
  const wanted =
    asker === null
      ? proposed
      : await askWhich(asker, open.filter(isUsedHere), new Set(proposed.map(({ host }) => host)));
  const chosen: Chosen[] = [];
  for (const { registry, host } of wanted) {
    const proposal = proposeIdentifier(registry, taken);
    const identifier = asker === null ? proposal : await asker.identifier(host, proposal);
    taken.add(identifier);
    chosen.push({ identifier, registry });
  }
  return chosen;
}

async function askWhich(
  asker: Asker,
  registries: readonly UsedRegistry[],
  proposed: ReadonlySet<string>,
): Promise<readonly UsedRegistry[]> {
  const hosts = new Set(await asker.chooseRegistries(registries, proposed));
  return registries.filter(({ host }) => hosts.has(host));
}

/** Is a registry needed for the dev container, before it exists or in it? */
function isUsedHere({ uses, isOptional }: UsedRegistry): boolean {
  return !isOptional && uses.some(({ phase }) => phase === "before" || phase === "inside");
}

/** Says of each registry that may be private, and that nobody chose, how to choose it. */
export function notesOfUnchosen(needs: Needs, { chosen }: Decision, owner: string | null): Explanation[] {
  const hosts = new Set(chosen.map(({ registry }) => registry.host));
  const taken = new Set(chosen.map(({ identifier }) => identifier));
  return needs.registries.flatMap((each) => {
    const { host, privacy, registry, uses } = each;
    const isOpen =
      privacy !== "public" && !hosts.has(host) && isUsedHere(each) && uses.every((use) => use.depends.length === 0);
    if (!isOpen) return [];
    if (registry.kind === "ghcr") return isOfOwner(each, owner) ? [explain("ghcr-in-codespaces")] : [];
    return [explain("registry-unchosen", { host, identifier: proposeIdentifier(registry, taken) })];
  });
}

/** Features at ghcr.io are public, as a rule; images, and what belongs to the repository's own organization, may be private. */
function isOfOwner({ uses }: UsedRegistry, owner: string | null): boolean {
  return uses.some(({ where, image }) => {
    const isOwn = owner !== null && (image ?? "").toLowerCase().startsWith(`ghcr.io/${owner.toLowerCase()}/`);
    return isOwn || !/^(?:features|dependsOn)$/.test(where);
  });
}
