import { explain } from "../findings/finding.ts";
import { parseImage } from "../registries/image.ts";
import { parseDockerfile } from "./dockerfile.ts";
import { type BuildSettings, imagesOfBuild } from "./dockerfile-images.ts";
import type { Sources } from "./sources.ts";
import { type Phase, type Use, type UsePlace, useOfImage } from "./uses.ts";

/** A build that something of the repository starts. */
export interface Build extends BuildSettings {
  /** The Dockerfile, or the file with the text of one. */
  readonly file: string;
  /** How the place of a FROM is called: empty, or `dockerfile_inline `. */
  readonly prefix: string;
  readonly text: string;
  readonly phase: Phase;
  /** The variables of the machine that an argument depends on. */
  readonly depends: ReadonlyMap<string, readonly string[]>;
  /** How the arguments are called where they are set: `build.args`. */
  readonly argsName: string;
}

/** What a build pulls. What only stages pull that it does not need is noted. */
export function usesOfBuild(sources: Sources, build: Build): Use[] {
  const { file, prefix, phase, target } = build;
  const { needed, unused } = imagesOfBuild(parseDockerfile(build.text), build);
  for (const { image, stage } of unused) {
    const host = hostOf(image);
    if (host === null || target === null || needed.some((each) => hostOf(each.image) === host)) continue;
    sources.note(explain("stage-unused", { host, stage, file, target }));
  }
  return needed.flatMap(({ image, where, args, unknown }): Use[] => {
    if (unknown.length > 0 && (image === "" || hostOf(image) === null || isHostUnknown(image))) {
      sources.note(explain("variable-unknown", { file, variable: unknown[0] ?? "", where: prefix + where }));
      return [];
    }
    const depends = args.flatMap((name) => build.depends.get(name) ?? []);
    const [variable] = depends;
    const argument = args.find((name) => build.depends.has(name));
    const label = argument === undefined ? where : `${where} (${build.argsName}.${argument}, default)`;
    const place: UsePlace = { file, where: prefix + label, phase, depends };
    const uses = useOfImage(sources, image, place);
    const [use] = uses;
    if (use !== undefined && variable !== undefined) {
      sources.note(explain("variable-decides", { file, where: prefix + where, variable, host: use.registry.host }));
    }
    return uses;
  });
}

/** Does a missing variable leave a name that starts with a slash, or is a tag alone? */
function isHostUnknown(image: string): boolean {
  return /^[/:]/.test(image);
}

/** The registry of an image; null for what is not an image name. */
export function hostOf(image: string): string | null {
  try {
    return parseImage(image).registry.host;
  } catch {
    return null;
  }
}

/** The images that a build may take layers from: `type=registry,ref=IMAGE` or an image. It works without them. */
export function usesOfCache(sources: Sources, entries: readonly string[], place: UsePlace): Use[] {
  return entries.flatMap((entry) => {
    const fields = new Map(entry.split(",").map((field) => field.split(/=(.*)/s).slice(0, 2) as [string, string]));
    const image = entry.includes("=") ? (fields.get("type") === "registry" ? (fields.get("ref") ?? "") : "") : entry;
    return useOfImage(sources, image, { ...place, isOptional: true });
  });
}
