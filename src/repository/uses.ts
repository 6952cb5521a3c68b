import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { type Image, parseImage } from "../registries/image.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { type Privacy, privacyOf, privacyOfHost } from "./privacy.ts";
import type { Sources } from "./sources.ts";

/**
 * When a registry is needed: `before` the container exists; `inside`, by commands in the container; `later`, by what is not
 * started with it; or only in `ci`.
 */
export type Phase = "before" | "inside" | "later" | "ci";

/** A place of a repository that needs a registry. */
export interface Use {
  /** Relative to the folder, with `/`. */
  readonly file: string;
  /** Such as `image`, `FROM`, `services.app.image`. */
  readonly where: string;
  /** The image as it is written, with the variables replaced; null for a login. */
  readonly image: string | null;
  readonly registry: Registry;
  readonly phase: Phase;
  /** Whether what it is for works without it, as a cache. */
  readonly isOptional: boolean;
  readonly privacy: Privacy;
  /** The variables of the machine that decide which registry it is. */
  readonly depends: readonly string[];
}

/** Where a use was found. */
export interface UsePlace {
  readonly file: string;
  readonly where: string;
  readonly phase: Phase;
  readonly isOptional?: boolean;
  readonly depends?: readonly string[];
}

/** An image id names no registry, and neither does nothing. */
const IMAGE_ID = /^(?:sha256:)?[0-9a-f]{64}$/;

/** Makes the use of an image; none, and a note, for a text that is not an image name. */
export function useOfImage(sources: Sources, image: string, place: UsePlace): Use[] {
  const text = image.trim();
  if (text === "" || IMAGE_ID.test(text)) return [];
  const { file, where, phase, isOptional = false, depends = [] } = place;
  try {
    const parsed = parseImage(text);
    const host = text.slice(0, text.indexOf("/"));
    if (host !== host.toLowerCase()) {
      sources.note(explain("image-upper-case", { file, where, host: parsed.registry.host }));
    }
    return [
      { file, where, image: text, registry: parsed.registry, phase, isOptional, privacy: privacyOf(parsed), depends },
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    sources.note(explain("image-invalid", { file, where, problem: error.message, advice: error.hint }));
    return [];
  }
}

/** Makes the use of a host, as that of a login; none for a text that is not a host. */
export function useOfHost(host: string, { file, where, phase, isOptional = false, depends = [] }: UsePlace): Use[] {
  try {
    const registry = parseRegistry(host);
    return [{ file, where, image: null, registry, phase, isOptional, privacy: privacyOfHost(registry), depends }];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** A registry with all places that need it. */
export interface UsedRegistry {
  readonly registry: Registry;
  readonly host: string;
  readonly privacy: Privacy;
  /** Whether it is needed before the container exists, and not only as a cache. */
  readonly isNeededBefore: boolean;
  readonly isOptional: boolean;
  readonly uses: readonly Use[];
}

/** Puts the uses of each registry together, in their order. One private image makes it private; one that cannot be told, unknown. */
export function groupUses(uses: readonly Use[]): UsedRegistry[] {
  const byHost = new Map<string, Use[]>();
  for (const use of uses) {
    const { host } = use.registry;
    const known = byHost.get(host) ?? [];
    const isKnown = known.some(
      (each) => each.file === use.file && each.where === use.where && each.image === use.image,
    );
    byHost.set(host, isKnown ? known : [...known, use]);
  }
  return [...byHost].flatMap(([host, all]) => {
    const [first] = all;
    if (first === undefined) return [];
    const has = (privacy: Privacy): boolean => all.some((use) => use.privacy === privacy);
    const privacy = has("private") ? "private" : has("cannot-tell") ? "cannot-tell" : "public";
    const counted = all.filter((use) => use.phase === "before" && !use.isOptional);
    return [
      {
        registry: first.registry,
        host,
        privacy,
        isNeededBefore: counted.some((use) => use.privacy !== "public"),
        isOptional: all.every((use) => use.isOptional),
        uses: all,
      },
    ];
  });
}

/** The images of a registry that may be private, each once. */
export function imagesToCheck({ uses }: UsedRegistry): Image[] {
  const open = uses.filter((use) => use.image !== null && use.privacy !== "public" && use.depends.length === 0);
  return [...new Set(open.map(({ image }) => image ?? ""))].map(parseImage);
}
