import type { Dockerfile, Stage } from "./dockerfile.ts";
import { expand } from "./variables.ts";

/** What a build is started with. */
export interface BuildSettings {
  readonly args: ReadonlyMap<string, string>;
  /** A stage; null for the last one. */
  readonly target: string | null;
  /** Named contexts, which replace images of their name: `docker-image://IMAGE` or a place. */
  readonly contexts: ReadonlyMap<string, string>;
}

/** An image that a build pulls. */
export interface BuildImage {
  readonly image: string;
  /** How it is used: `FROM`, `FROM (builder)`, `COPY --from`, `# syntax`, `additional_contexts.NAME`. */
  readonly where: string;
  /** The arguments that its name has been made of. */
  readonly args: readonly string[];
  /** Arguments in it that have no value. */
  readonly unknown: readonly string[];
}

/** The images of a Dockerfile: those that the target needs, and those that only other stages need. */
export interface BuildImages {
  readonly needed: readonly BuildImage[];
  readonly unused: readonly (BuildImage & { readonly stage: string })[];
}

/** What BuildKit defines by itself. */
const PLATFORM: Readonly<Record<string, string>> = {
  BUILDPLATFORM: "linux/amd64",
  BUILDOS: "linux",
  BUILDARCH: "amd64",
  TARGETPLATFORM: "linux/amd64",
  TARGETOS: "linux",
  TARGETARCH: "amd64",
};

/** Finds what a build pulls. With BuildKit, that is what the target stage reaches, and nothing else. */
export function imagesOfBuild(dockerfile: Dockerfile, { args, target, contexts }: BuildSettings): BuildImages {
  const { stages, syntax } = dockerfile;
  const values = argumentValues(dockerfile, args);
  const wanted = target === null ? stages.length - 1 : indexOfStage(stages, target, stages.length);
  const needed: BuildImage[] = syntax === null ? [] : [{ image: syntax, where: "# syntax", args: [], unknown: [] }];
  const reached = new Set<number>();
  const isImage = ({ from }: Stage, index: number): boolean =>
    from !== "scratch" && indexOfStage(stages.slice(0, index), from, 0) === -1;
  const isAlone = stages.filter(isImage).length < 2;
  const visit = (index: number, images: BuildImage[]): void => {
    const stage = stages[index];
    if (stage === undefined || reached.has(index)) return;
    reached.add(index);
    for (const [text, way] of [[stage.from, "FROM"], ...stage.sources.map((source) => [source, "COPY --from"])]) {
      const used = useOf(text ?? "", way ?? "", stages.slice(0, index), values, dockerfile, contexts);
      if (typeof used === "number") visit(used, images);
      else if (used !== null) images.push(isAlone || used.where !== "FROM" ? used : named(used, stage));
    }
  };
  visit(wanted, needed);
  const unused = stages.flatMap((stage, index) => {
    const images: BuildImage[] = [];
    visit(index, images);
    return images.map((image) => ({ ...image, stage: stage.name ?? String(index) }));
  });
  return { needed, unused };
}

type Values = ReadonlyMap<string, string>;

/** @returns a stage's index, an image, or null for what is not pulled */
function useOf(
  text: string,
  way: string,
  before: readonly Stage[],
  values: Values,
  dockerfile: Dockerfile,
  contexts: ReadonlyMap<string, string>,
): number | BuildImage | null {
  const names: string[] = [];
  const lookup = (name: string): string | undefined => {
    names.push(name);
    return values.get(name) ?? PLATFORM[name];
  };
  const { text: image, unknown } = expand(text, lookup, dockerfile);
  const context = contexts.get(image);
  if (context !== undefined) {
    const [, named] = /^docker-image:\/\/(.+)$/.exec(context) ?? [];
    return named === undefined ? null : { image: named, where: `additional_contexts.${image}`, args: [], unknown: [] };
  }
  const index = indexOfStage(before, image, before.length);
  if (index !== -1 && (way !== "FROM" || !/^\d+$/.test(image))) return index;
  if (image === "scratch" || (image === "" && unknown.length === 0)) return null;
  return { image, where: way, args: [...withTheirs(names, dockerfile)], unknown };
}

/** Where several stages start from images, it matters which one. */
function named(image: BuildImage, { name }: Stage): BuildImage {
  return name === null ? image : { ...image, where: `${image.where} (${name})` };
}

/** Arguments, and those that their defaults are made of. */
function withTheirs(names: readonly string[], { args }: Dockerfile): Set<string> {
  const all = new Set(names);
  for (const [name, fallback] of [...args].reverse()) {
    if (!all.has(name)) continue;
    for (const [, other = ""] of (fallback ?? "").matchAll(/\$\{?(\w+)/g)) all.add(other);
  }
  return all;
}

/** A stage by its name, in any case, or by its number. */
function indexOfStage(stages: readonly Stage[], name: string, count: number): number {
  const index = stages.findLastIndex((stage) => stage.name === name.toLowerCase());
  if (index !== -1) return index;
  return /^\d+$/.test(name) && Number(name) < count ? Number(name) : -1;
}

function argumentValues({ args, escapeSign }: Dockerfile, given: ReadonlyMap<string, string>): Values {
  const values = new Map<string, string>();
  for (const [name, fallback] of args) {
    const value = given.get(name);
    if (value !== undefined) values.set(name, value);
    else if (fallback !== null)
      values.set(name, expand(fallback, (each) => values.get(each) ?? PLATFORM[each], { escapeSign }).text);
  }
  return values;
}
