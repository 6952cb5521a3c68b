import { type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { isRecord } from "../platform/jsonc.ts";
import { parseRegistry } from "../registries/registry.ts";
import type { DevContainerFile } from "./dev-container-files.ts";
import { flagName, parseOptions, type RawOptions } from "./options.ts";

/** What a devcontainer.json says about logins, as far as it concerns a host. */
export interface Declared {
  readonly file: string;
  /** An identifier, in upper case -> its server. */
  readonly servers: ReadonlyMap<string, string>;
  /** The options `identifiers` and `githubToken` of our Feature; null where the file has no such Feature. */
  readonly options: RawOptions | null;
  /** What is wrong with it, and left out. */
  readonly problems: readonly Explanation[];
}

/** The other options are about the container. */
const OPTIONS = ["registries", "identifiers", "githubToken"] as const;

/** Takes from a configuration the options of our Feature, and the servers that it sets as variables. */
export function readDeclared({ file, content, problem }: DevContainerFile): Declared {
  if (content === null) {
    return { file, servers: new Map(), options: null, problems: problem === null ? [] : [problem] };
  }
  const problems: Explanation[] = [];
  const written = optionsOfFeatures(file, content, problems);
  const options = written === null ? {} : checkOptions(file, written, problems);
  const { registries = "", ...others } = options;
  const servers = new Map(parseOptions({ registries }, {}).registries);
  for (const [identifier, { server, variable }] of serversOfVariables(file, content, problems)) {
    const mapped = servers.get(identifier);
    if (mapped === undefined) servers.set(identifier, server);
    else if (hostOf(mapped) !== hostOf(server)) {
      // In the container, such a set is rejected for the same reason.
      servers.delete(identifier);
      const [host, other] = [hostOf(mapped), hostOf(server)];
      problems.push(explain("devcontainer-two-servers", { file, identifier, host, variable, other }));
    }
  }
  return { file, servers, options: written === null ? null : others, problems };
}

/** The host of a server that was checked. */
export function hostOf(server: string): string {
  try {
    return parseRegistry(server).host;
  } catch {
    return server;
  }
}

/** The texts of our Feature's options, whichever registry or folder it comes from; null without it. */
function optionsOfFeatures(
  file: string,
  { features }: Readonly<Record<string, unknown>>,
  problems: Explanation[],
): Map<string, string> | null {
  if (!isRecord(features)) return null;
  const ours = Object.entries(features).filter(([id]) => /(?:^|\/)registry-login(?:[:@][^/]*)?\/?$/.test(id));
  if (ours.length === 0) return null;
  const found = new Map<string, { id: string; text: string }>();
  const different = new Set<string>();
  for (const [id, options] of ours) {
    for (const [name, value] of isRecord(options) ? Object.entries(options) : []) {
      if (typeof value !== "string" && typeof value !== "boolean") continue;
      const text = String(value);
      const first = found.get(name);
      found.set(name, first ?? { id, text });
      if (first === undefined || first.text.trim() === text.trim() || different.has(name)) continue;
      different.add(name);
      // The other options are about the container.
      if (!(OPTIONS as readonly string[]).includes(name)) continue;
      problems.push(explain("devcontainer-two-features", { file, first: first.id, second: id, name }));
    }
  }
  return new Map([...found].flatMap(([name, { text }]) => (different.has(name) ? [] : [[name, text] as const])));
}

/** The options that are valid; the others are not worth the logins that need none of them. */
function checkOptions(file: string, written: ReadonlyMap<string, string>, problems: Explanation[]): RawOptions {
  const entries = OPTIONS.flatMap((name) => {
    const text = written.get(name) ?? "";
    if (text.trim() === "") return [];
    if (text.includes("${")) {
      problems.push(explain("devcontainer-variable", { file, name, flag: flagName(name) }));
      return [];
    }
    try {
      parseOptions({ [name]: text }, {});
      return [[name, text] as const];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(explain("devcontainer-option", { file, problem: error.message, advice: error.hint }));
      return [];
    }
  });
  return Object.fromEntries(entries);
}

/** The servers that are spelled out in the variables of the container; those of `remoteEnv` come first. */
function serversOfVariables(
  file: string,
  { containerEnv, remoteEnv }: Readonly<Record<string, unknown>>,
  problems: Explanation[],
): Map<string, { readonly server: string; readonly variable: string }> {
  const servers = new Map<string, { server: string; variable: string }>();
  const variables = Object.entries({ containerEnv, remoteEnv }).flatMap(([where, each]) =>
    isRecord(each) ? Object.entries(each).map(([name, value]) => [name, value, `${name} in ${where}`] as const) : [],
  );
  for (const [name, value, variable] of variables) {
    const [, identifier] = /^([A-Z0-9_]+)_CONTAINER_REGISTRY_SERVER$/i.exec(name) ?? [];
    if (identifier === undefined || typeof value !== "string" || value.includes("${") || value.trim() === "") continue;
    try {
      parseRegistry(value);
      servers.set(identifier.toUpperCase(), { server: value.trim(), variable });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { message: problem, hint: advice } = error;
      problems.push(explain("devcontainer-server", { file, variable: name, problem, advice }));
    }
  }
  return servers;
}
