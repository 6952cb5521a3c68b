import { isRecord } from "../platform/jsonc.ts";
import { parseEnvLines } from "./env-lines.ts";
import { folderOf, pathFrom, type Sources } from "./sources.ts";
import { expand } from "./variables.ts";
import { type Mapping, pairsOf, readYaml, textsOf } from "./yaml.ts";

/** A service, merged from every file that defines it, with its variables replaced. */
export interface Service {
  readonly name: string;
  /** The file that names its image or its build. */
  readonly file: string;
  /** The folder that relative paths of its build start from. */
  readonly folder: string;
  readonly settings: Mapping;
  /** The variables without a value that its image depends on. */
  readonly unknown: readonly string[];
  /** The variables of the machine that its image depends on. */
  readonly depends: readonly string[];
}

/** A compose project. */
export interface Project {
  readonly services: ReadonlyMap<string, Service>;
  /** The profiles that are enabled without a flag. */
  readonly profiles: ReadonlySet<string>;
  /** A variable of the project. */
  readonly lookup: (name: string) => string | undefined;
}

const MAX_DEPTH = 20;

/**
 * Reads the compose files of a project, as `docker compose -f A -f B` merges them: with `.env`, `extends`, `include` and overrides.
 * @param files relative to the repository
 * Source: https://github.com/compose-spec/compose-spec
 */
export function readProject(sources: Sources, files: readonly string[]): Project {
  const folder = folderOf(files[0] ?? ".");
  const lookup = lookupOf(sources, pathFrom(sources, folder, ".env"));
  const services = new Map<string, Service>();
  for (const file of files) addFile(sources, file, folder, lookup, services, 0);
  const profiles = new Set((lookup("COMPOSE_PROFILES") ?? "").split(",").filter((name) => name !== ""));
  return { services, profiles, lookup };
}

type Lookup = Project["lookup"];

/** The environment comes before the file. */
function lookupOf(sources: Sources, file: string, outer?: Lookup): Lookup {
  const text = sources.readQuietly(file);
  const values = text === null ? new Map<string, string>() : parseEnvLines(text);
  return (name) => sources.env[name] ?? outer?.(name) ?? values.get(name);
}

function addFile(
  sources: Sources,
  file: string,
  folder: string,
  lookup: Lookup,
  services: Map<string, Service>,
  depth: number,
): void {
  const content = depth > MAX_DEPTH ? null : readYaml(sources, file);
  if (content === null) return;
  for (const part of Array.isArray(content.include) ? content.include : []) {
    include(sources, part, folderOf(file), lookup, services, depth);
  }
  for (const [name, settings] of Object.entries(isRecord(content.services) ? content.services : {})) {
    if (!isRecord(settings)) continue;
    const service = extended(sources, { name, file, folder, settings, content, lookup, depth });
    const known = services.get(name);
    services.set(name, known === undefined ? service : mergeServices(known, service));
  }
}

/** `include: FILE`, or `include: {path, project_directory, env_file}`; paths start from the folder of the including file. */
function include(
  sources: Sources,
  part: unknown,
  base: string,
  lookup: Lookup,
  services: Map<string, Service>,
  depth: number,
): void {
  const settings = isRecord(part) ? part : { path: part };
  const files = textsOf(settings.path).map((path) => pathFrom(sources, base, expand(path, lookup, COMPOSE).text));
  const [folder = files[0] === undefined ? base : folderOf(files[0])] = textsOf(settings.project_directory).map(
    (path) => pathFrom(sources, base, path),
  );
  const [envFile = pathFrom(sources, folder, ".env")] = textsOf(settings.env_file).map((path) =>
    pathFrom(sources, base, path),
  );
  const own = lookupOf(sources, envFile, lookup);
  for (const file of files) addFile(sources, file, folder, own, services, depth + 1);
}

const COMPOSE = { escapeSign: "$" } as const;

interface Written {
  readonly name: string;
  readonly file: string;
  readonly folder: string;
  readonly settings: Mapping;
  /** The file that it is in. */
  readonly content: Mapping;
  readonly lookup: Lookup;
  readonly depth: number;
}

/** A service with what it extends. */
function extended(sources: Sources, written: Written): Service {
  const { name, file, folder, settings, content, lookup, depth } = written;
  const { value, unknown, depends } = interpolate(settings, sources, lookup);
  const { extends: source, ...own } = value;
  const service: Service = { name, file, folder, settings: own, unknown, depends };
  const [named] = isRecord(source) ? textsOf(source.service) : textsOf(source);
  if (named === undefined || depth > MAX_DEPTH) return service;
  const [path] = isRecord(source) ? textsOf(source.file) : [];
  const other = path === undefined ? file : pathFrom(sources, folderOf(file), path);
  const there = path === undefined ? content : readYaml(sources, other);
  const base = there !== null && isRecord(there.services) ? there.services[named] : undefined;
  if (there === null || !isRecord(base)) return service;
  const from = path === undefined ? folder : folderOf(other);
  const inherited = extended(sources, {
    ...written,
    name: named,
    file: other,
    folder: from,
    settings: base,
    content: there,
    depth: depth + 1,
  });
  return { ...mergeServices(inherited, service), name };
}

/** Replaces the variables in every text of what decides about images. */
function interpolate(
  settings: Mapping,
  sources: Sources,
  lookup: Lookup,
): { value: Mapping; unknown: string[]; depends: string[] } {
  const unknown: string[] = [];
  const depends: string[] = [];
  const replace = (value: unknown, isImage: boolean): unknown => {
    if (typeof value === "string") {
      const used = (name: string): string | undefined => {
        if (isImage && sources.env[name] !== undefined) depends.push(name);
        return lookup(name);
      };
      const expanded = expand(value, used, COMPOSE);
      if (isImage) unknown.push(...expanded.unknown);
      return expanded.text;
    }
    if (Array.isArray(value)) return value.map((each) => replace(each, isImage));
    if (!isRecord(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replace(each, isImage)]));
  };
  const entries = Object.entries(settings).map(([key, value]) => {
    const inline = key === "build" && isRecord(value) ? value.dockerfile_inline : undefined;
    const replaced = replace(value, key === "image");
    if (typeof inline !== "string" || !isRecord(replaced)) return [key, replaced] as const;
    // A variable that compose does not know is an argument of the build.
    const text = inline.replace(/\$\$/g, "$").replace(/\$\{(\w+)\}/g, (all, name: string) => lookup(name) ?? all);
    return [key, { ...replaced, dockerfile_inline: text }] as const;
  });
  return { value: Object.fromEntries(entries), unknown, depends };
}

/** A later definition of a service over an earlier one. */
function mergeServices(first: Service, second: Service): Service {
  const settings: Record<string, unknown> = { ...first.settings };
  for (const [key, value] of Object.entries(second.settings)) settings[key] = mergeValues(key, settings[key], value);
  const namesSource = second.settings.image !== undefined || second.settings.build !== undefined;
  const source = namesSource ? second : first;
  const image = second.settings.image !== undefined ? second : first;
  const { unknown, depends } = image;
  const folder = second.settings.build !== undefined ? second.folder : first.folder;
  return { name: second.name, file: source.file, folder, settings, unknown, depends };
}

function mergeValues(key: string, before: unknown, after: unknown): unknown {
  if (before === undefined || after === null) return after;
  if (key === "build") return { ...buildOf(before), ...buildOf(after), args: { ...argsOf(before), ...argsOf(after) } };
  if (key === "depends_on") return { ...namesOf(before), ...namesOf(after) };
  if (Array.isArray(before) && Array.isArray(after) && key !== "command" && key !== "entrypoint")
    return [...before, ...after];
  if (isRecord(before) && isRecord(after)) return { ...before, ...after };
  return after;
}

/** `build: PATH` is short for `build: {context: PATH}`. */
export function buildOf(value: unknown): Mapping {
  return isRecord(value) ? value : typeof value === "string" ? { context: value } : {};
}

function argsOf(value: unknown): Mapping {
  return Object.fromEntries(pairsOf(buildOf(value).args));
}

/** The names in `depends_on`, which is a list or a mapping. */
export function namesOf(value: unknown): Mapping {
  return isRecord(value) ? value : Object.fromEntries(textsOf(value).map((name) => [name, {}]));
}
