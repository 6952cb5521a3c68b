import { explain } from "../findings/finding.ts";
import { type Build, usesOfBuild, usesOfCache } from "./builds.ts";
import { buildOf, namesOf, type Project, type Service } from "./compose.ts";
import { noteSecretArguments } from "./secret-values.ts";
import { pathFrom, type Sources } from "./sources.ts";
import { type Phase, type Use, useOfImage } from "./uses.ts";
import { type Mapping, pairsOf, textsOf } from "./yaml.ts";

/**
 * What the services of a project pull: `before` for those that start with the dev container, `later` for the others.
 * @param service the one that becomes the dev container
 * @param runServices those that are started; null for all without a profile
 */
export function usesOfProject(
  sources: Sources,
  project: Project,
  service: string | null,
  runServices: readonly string[] | null,
): Use[] {
  const reasons = startedServices(project, service, runServices);
  return [...project.services.values()].flatMap((each) =>
    usesOfService(sources, project, each, reasons.has(each.name) ? "before" : "later", reasons.get(each.name) ?? ""),
  );
}

/** The services that start with the dev container, and why: empty, ` (depends_on)` and the like. */
function startedServices(
  { services, profiles }: Project,
  service: string | null,
  runServices: readonly string[] | null,
): Map<string, string> {
  const enabled = [...services.values()].filter(({ settings }) => {
    const own = textsOf(settings.profiles);
    return own.length === 0 || own.some((name) => profiles.has(name));
  });
  const roots = [...(service === null ? [] : [service]), ...(runServices ?? enabled.map(({ name }) => name))];
  const started = new Map<string, string>();
  // Those that start by themselves come first: a reason is only given where it is the only one.
  const queue = roots.map((name) => ({ name, reason: "" }));
  for (const { name, reason } of queue) {
    const settings = services.get(name)?.settings;
    if (settings === undefined || started.has(name)) continue;
    started.set(name, reason);
    queue.push(...neededServices(settings));
  }
  return started;
}

function neededServices(settings: Mapping): { readonly name: string; readonly reason: string }[] {
  const shared = SHARED.flatMap(([key, prefix]) =>
    textsOf(settings[key])
      .filter((text) => text.startsWith(prefix))
      .map((text) => ({ name: text.slice(prefix.length).split(":")[0] ?? "", reason: ` (${key})` })),
  );
  const contexts = pairsOf(buildOf(settings.build).additional_contexts)
    .filter(([, context]) => context?.startsWith("service:"))
    .map(([, context]) => ({ name: context?.slice("service:".length) ?? "", reason: " (additional_contexts)" }));
  const names = Object.keys(namesOf(settings.depends_on)).map((name) => ({ name, reason: " (depends_on)" }));
  return [...names, ...shared, ...contexts];
}

/** Settings that name other services, and what is before the name. */
const SHARED = [
  ["links", ""],
  ["volumes_from", ""],
  ["network_mode", "service:"],
  ["pid", "service:"],
  ["ipc", "service:"],
] as const;

function usesOfService(sources: Sources, project: Project, service: Service, phase: Phase, reason: string): Use[] {
  const { name, file, settings, unknown, depends } = service;
  const isBuilt = settings.build !== undefined && settings.build !== null;
  const policy = String(settings.pull_policy ?? "");
  const uses: Use[] = isBuilt ? usesOfServiceBuild(sources, project, service, phase) : [];
  const [image] = textsOf(settings.image);
  // With a build, the image is only the name of its result, unless it has to be pulled first.
  const isPulled = isBuilt
    ? /^(?:always|missing|if_not_present|daily|weekly|every_)/.test(policy)
    : policy !== "never" && policy !== "build";
  if (image === undefined || !isPulled) return uses;
  const where = `services.${name}.image${reason}`;
  const [variable] = unknown;
  if (variable !== undefined && !/^[\w-]+(?:\.[\w-]+)+(?::\d+)?\/\w/.test(image)) {
    sources.note(explain("variable-unknown", { file, variable, where }));
    return uses;
  }
  return [...uses, ...useOfImage(sources, image, { file, where, phase, depends })];
}

function usesOfServiceBuild(sources: Sources, project: Project, service: Service, phase: Phase): Use[] {
  const { name, file, folder, settings } = service;
  const build = buildOf(settings.build);
  const [context = "."] = textsOf(build.context);
  const args = pairsOf(build.args).map(([key, value]) => [key, value ?? project.lookup(key) ?? ""] as const);
  noteSecretArguments(sources, file, `services.${name}.build.args`, args);
  const contexts = new Map(pairsOf(build.additional_contexts).map(([key, value]) => [key, value ?? ""]));
  const [target = null] = textsOf(build.target);
  const cache = usesOfCache(sources, textsOf(build.cache_from), { file, where: "cache_from", phase });
  const common = {
    args: new Map(args.filter(([, value]) => value !== "")),
    target,
    contexts,
    phase,
    depends: NONE,
    argsName: "build.args",
  };
  const [inline] = textsOf(build.dockerfile_inline);
  if (inline !== undefined) {
    return [
      ...usesOfBuild(sources, { ...common, file, prefix: "dockerfile_inline ", text: inline }).map((use) =>
        inContext(use, file),
      ),
      ...cache,
    ];
  }
  if (isRemote(context)) {
    sources.note(explain("remote-build", { file, where: `services.${name}` }));
    return cache;
  }
  const dockerfile = pathFrom(sources, pathFrom(sources, folder, context), dockerfileOf(build));
  const text = sources.read(dockerfile);
  if (text === null) return cache;
  const own: Build = { ...common, file: dockerfile, prefix: "", text };
  return [...usesOfBuild(sources, own).map((use) => inContext(use, file)), ...cache];
}

const NONE: ReadonlyMap<string, readonly string[]> = new Map();

/** A named context is written in the compose file. */
function inContext(use: Use, file: string): Use {
  const at = use.where.indexOf("additional_contexts.");
  return at === -1 ? use : { ...use, file, where: use.where.slice(at) };
}

function dockerfileOf(build: Mapping): string {
  return textsOf(build.dockerfile)[0] ?? "Dockerfile";
}

/** Is this context a repository or an archive of the web? Source: https://docs.docker.com/build/concepts/context/#remote-context */
export function isRemote(context: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i.test(context) || /\.git(?:#.*)?$/.test(context);
}
