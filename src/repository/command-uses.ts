import { explain } from "../findings/finding.ts";
import { hostOf, usesOfBuild } from "./builds.ts";
import type { FoundCall } from "./commands.ts";
import { pathFrom, type Sources } from "./sources.ts";
import { type Phase, type Use, useOfHost, useOfImage } from "./uses.ts";

/** The images that these calls make under a name that has no registry. */
export function localTags(calls: readonly FoundCall[]): Map<string, FoundCall> {
  return new Map(
    calls.flatMap((call) =>
      (call.build?.tags ?? []).filter((tag) => !hasHost(tag)).map((tag) => [withTag(tag), call] as const),
    ),
  );
}

/** An image name with its tag. */
export function withTag(image: string): string {
  return /:[^/]+$/.test(image) ? image : `${image}:latest`;
}

function hasHost(image: string): boolean {
  return image.includes("/") && hostOf(image) !== "docker.io";
}

/**
 * What calls of container engines need.
 * @param command the name of the command that makes them, such as `initializeCommand`
 */
export function usesOfCalls(sources: Sources, calls: readonly FoundCall[], command: string, phase: Phase): Use[] {
  const local = localTags(calls);
  return calls.flatMap((call) => {
    const { file, program } = call;
    const where = call.isInScript ? `${program} in a script of the ${hookName(command)}` : `${command}: ${program}`;
    const place = { file, where, phase };
    if (call.kind === "login") return call.hosts.filter(isKnown).flatMap((host) => useOfHost(host, place));
    const images = call.images.filter((image) => isKnown(image) && !local.has(withTag(image)));
    return [...images.flatMap((image) => useOfImage(sources, image, place)), ...usesOfCallBuild(sources, call, phase)];
  });
}

function hookName(command: string): string {
  return command === "initializeCommand" ? "hook" : command;
}

/** Is this text without variables? */
function isKnown(text: string): boolean {
  return !/[$`{}%]/.test(text);
}

function usesOfCallBuild(sources: Sources, { build, isInScript }: FoundCall, phase: Phase): Use[] {
  if (build === null || !isKnown(build.context) || /^(?:-|[a-z]+:\/\/|git@)/.test(build.context)) return [];
  // A path in a script starts from the folder in which the script runs: mostly the root.
  const name = build.file ?? `${build.context}/Dockerfile`;
  const path = isKnown(name) ? pathFrom(sources, ".", name) : null;
  const text = path === null ? null : sources.readQuietly(path);
  if (path === null || text === null) {
    if (!isInScript && path !== null) sources.note(explain("source-missing", { file: path }));
    return [];
  }
  const settings = { args: new Map<string, string>(), target: null, contexts: new Map<string, string>() };
  return usesOfBuild(sources, { ...settings, file: path, prefix: "", text, phase, depends: new Map(), argsName: "" });
}
