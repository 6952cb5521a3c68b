import { explain } from "../findings/finding.ts";
import { isRecord } from "../platform/jsonc.ts";
import { type Build, hostOf, usesOfBuild, usesOfCache } from "./builds.ts";
import type { HandMade } from "./by-hand.ts";
import { usesOfCi } from "./ci.ts";
import { localTags, usesOfCalls, withTag } from "./command-uses.ts";
import { type Analysis, analyzeCommand, type FoundCall } from "./commands.ts";
import { readProject } from "./compose.ts";
import { isRemote, usesOfProject } from "./compose-uses.ts";
import { type EnvFile, envFilesOf } from "./env-files.ts";
import { usesOfFeatures } from "./features.ts";
import { isSecretName, noteSecretArguments } from "./secret-values.ts";
import { folderOf, pathFrom, type Sources } from "./sources.ts";
import { groupUses, type Use, type UsedRegistry, useOfImage } from "./uses.ts";
import { resolveLocal } from "./variables.ts";
import { type Mapping, pairsOf, textsOf } from "./yaml.ts";

/** What a repository needs, as far as it can be seen without network. */
export interface Needs {
  readonly registries: readonly UsedRegistry[];
  readonly handMade: readonly HandMade[];
  /** What `initializeCommand` does, by the keys of its object form; one with the key `""` otherwise. */
  readonly hook: ReadonlyMap<string, Analysis>;
  readonly envFiles: readonly EnvFile[];
}

/** Lifecycle commands in the container. Source: https://containers.dev/implementors/json_reference/#lifecycle-scripts */
const INSIDE = [
  "onCreateCommand",
  "updateContentCommand",
  "postCreateCommand",
  "postStartCommand",
  "postAttachCommand",
];

/**
 * Looks at everything that a devcontainer.json leads to: its image, Dockerfile, compose files and Features, its commands
 * with their scripts, and the CI of the repository.
 * @param file the devcontainer.json, relative to the folder
 */
export function lookAt(sources: Sources, file: string, config: Mapping): Needs {
  const hook = commandsOf(sources, file, config.initializeCommand);
  const calls = [...hook.values()].flatMap((analysis) => analysis.calls);
  const inside = INSIDE.flatMap((name) =>
    [...commandsOf(sources, file, config[name]).values()].map((analysis) => ({ name, calls: analysis.calls })),
  );
  const uses = [
    ...usesOfSource(sources, file, config, localTags(calls)),
    ...usesOfFeatures(sources, file, folderOf(file), config.features),
    ...usesOfCalls(sources, calls, "initializeCommand", "before"),
    ...inside.flatMap(({ name, calls: own }) => usesOfCalls(sources, own, name, "inside")),
  ];
  noteVariables(sources, file, config);
  const before = groupUses(uses).filter(({ isNeededBefore }) => isNeededBefore);
  const all = [...uses, ...usesOfCi(sources, new Set(before.map(({ host }) => host)))];
  const isLogin = ({ kind }: FoundCall): boolean => kind === "login";
  const handMade = [
    ...calls.filter(isLogin).map((call) => ({ call, command: "initializeCommand" })),
    ...inside.flatMap(({ name, calls: own }) => own.filter(isLogin).map((call) => ({ call, command: name }))),
  ];
  const resolve = (text: string): string => resolveLocal(text, sources.env, sources.folder).text;
  const envFiles = envFilesOf(sources, textsOf(config.runArgs), resolve);
  return { registries: groupUses(all), handMade, hook, envFiles };
}

function commandsOf(sources: Sources, file: string, command: unknown): Map<string, Analysis> {
  if (typeof command === "string") return new Map([["", analyzeCommand(sources, command, file)]]);
  if (Array.isArray(command)) return new Map([["", analyzeCommand(sources, textsOf(command), file)]]);
  if (!isRecord(command)) return new Map();
  return new Map(
    Object.entries(command).flatMap(([key, each]) =>
      [...commandsOf(sources, file, isRecord(each) ? null : each).values()].map((analysis) => [key, analysis] as const),
    ),
  );
}

/** What the container is made from: an image, a Dockerfile, or a service of compose files. */
function usesOfSource(sources: Sources, file: string, config: Mapping, local: ReadonlyMap<string, FoundCall>): Use[] {
  const build = isRecord(config.build) ? config.build : {};
  const [dockerfile] = [...textsOf(build.dockerfile), ...textsOf(config.dockerFile)];
  if (config.dockerComposeFile !== undefined) return usesOfCompose(sources, file, config);
  if (dockerfile !== undefined) return usesOfDockerfile(sources, file, build, dockerfile);
  const [image] = textsOf(config.image);
  if (image === undefined) {
    sources.note(explain("no-image", { file }));
    return [];
  }
  return usesOfText(sources, file, image, local);
}

function usesOfText(sources: Sources, file: string, written: string, local: ReadonlyMap<string, FoundCall>): Use[] {
  const { text, depends, unknown } = resolveIn(sources, file, written);
  const [variable] = depends;
  if (unknown.length > 0) {
    sources.note(explain("variable-unknown", { file, variable: unknown[0] ?? "", where: "image" }));
    if (hostOf(text) === null || !/^[^/]+[.:][^/]*\//.test(text)) return [];
  }
  const call = local.get(withTag(text));
  if (call !== undefined) {
    sources.note(explain("local-image", { image: text, file: call.file, line: call.line }));
    return [];
  }
  const uses = useOfImage(sources, text, { file, where: "image", phase: "before", depends });
  const [use] = uses;
  if (use !== undefined && variable !== undefined) {
    sources.note(explain("variable-decides", { file, where: "image", variable, host: use.registry.host }));
  }
  return uses;
}

function resolveIn(sources: Sources, file: string, text: string) {
  return resolveLocal(text, sources.env, sources.folder, (variable, used) =>
    sources.note(explain("default-cut", { file, variable, used })),
  );
}

function usesOfDockerfile(sources: Sources, file: string, build: Mapping, written: string): Use[] {
  const folder = folderOf(file);
  if (written.includes("\\")) sources.note(explain("backslash-path", { file, path: written }));
  const path = pathFrom(sources, folder, resolveIn(sources, file, written).text.replaceAll("\\", "/"));
  const depends = new Map<string, readonly string[]>();
  const args = pairsOf(build.args).map(([name, value]) => {
    const resolved = resolveIn(sources, file, value ?? "");
    if (resolved.depends.length > 0) depends.set(name, resolved.depends);
    return [name, resolved.text] as const;
  });
  noteSecretArguments(sources, file, "build.args", args);
  const options = textsOf(build.options);
  const [target = null] = [...textsOf(build.target), ...optionValues(options, "target")].map(
    (text) => resolveIn(sources, file, text).text,
  );
  const pairs = (name: string): [string, string][] =>
    pairsOf(optionValues(options, name)).map(([key, value]) => [key, value ?? sources.env[key] ?? ""]);
  const caches = [...textsOf(build.cacheFrom), ...optionValues(options, "cache-from")];
  const cache = usesOfCache(sources, caches, { file, where: "build.cacheFrom", phase: "before" });
  const text = isRemote(written) ? null : sources.read(path);
  if (text === null) return cache;
  const own: Build = {
    args: new Map([...args, ...pairs("build-arg")]),
    target,
    contexts: new Map(pairs("build-context")),
    file: path,
    prefix: "",
    text,
    phase: "before",
    depends,
    argsName: "build.args",
  };
  return [...usesOfBuild(sources, own), ...cache];
}

/** The values of a flag of `build.options`, in both of its forms. */
function optionValues(options: readonly string[], name: string): string[] {
  return options.flatMap((option, index) => {
    if (option === `--${name}`) return options[index + 1] ?? [];
    return option.startsWith(`--${name}=`) ? option.slice(name.length + 3) : [];
  });
}

function usesOfCompose(sources: Sources, file: string, config: Mapping): Use[] {
  const named = textsOf(config.dockerComposeFile).map((path) => {
    if (path.includes("\\")) sources.note(explain("backslash-path", { file, path }));
    return pathFrom(sources, folderOf(file), resolveIn(sources, file, path).text.replaceAll("\\", "/"));
  });
  const defaults = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
  const found = defaults.filter((path) => sources.readQuietly(path) !== null).slice(0, 1);
  const files = named.length > 0 ? named : found;
  const [service = null] = textsOf(config.service);
  const run = textsOf(config.runServices);
  return usesOfProject(sources, readProject(sources, files), service, run.length > 0 ? run : null);
}

/** Notes secrets among the variables of the container, which are stored with it. */
function noteVariables(sources: Sources, file: string, { containerEnv }: Mapping): void {
  for (const [name, value] of pairsOf(isRecord(containerEnv) ? containerEnv : {})) {
    const isSecret = isSecretName(name) || /_CONTAINER_REGISTRY_(?:PASSWORD|SESSION_TOKEN)$/.test(name);
    if (isSecret && value !== null && value !== "") sources.note(explain("variable-secret", { file, name }));
  }
}
