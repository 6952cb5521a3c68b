import type { ShellCommand } from "./shell.ts";

/** What a command does with a container engine or a registry, as far as logins are concerned. */
export interface EngineCall {
  readonly kind: "pull" | "run" | "build" | "bake" | "compose" | "login";
  /** How messages name it: `docker pull`. */
  readonly program: string;
  /** The images that it names. */
  readonly images: readonly string[];
  /** Of a login: its hosts; a text with a variable in it is not known. */
  readonly hosts: readonly string[];
  /** Of a login: who makes the password. */
  readonly by: "password" | "aws" | "azure" | "google";
  /** Of a build. */
  readonly build: { readonly tags: readonly string[]; readonly file: string | null; readonly context: string } | null;
  readonly command: ShellCommand;
}

const ENGINES = new Set(["docker", "podman", "nerdctl", "buildah", "docker-compose", "podman-compose"]);

/** Flags before the verb that have a value. */
const GLOBAL_VALUES =
  /^(?:-H|-c|-l|-f|-p|--(?:host|context|config|log-level|file|project-name|profile|env-file|project-directory|namespace|address))$/;

/** Flags of run and create without a value; all others have one. */
const SWITCHES =
  /^-(?:[dithPq]+|-(?:rm|detach|interactive|tty|privileged|init|quiet|publish-all|read-only|no-healthcheck|oom-kill-disable|sig-proxy|disable-content-trust|help))$/;

const VERBS: Readonly<Record<string, EngineCall["kind"]>> = {
  pull: "pull",
  run: "run",
  create: "run",
  build: "build",
  bud: "build",
  bake: "bake",
  login: "login",
};

/** What a command does; null where it has nothing to do with images or logins. */
export function engineCall(command: ShellCommand): EngineCall | null {
  const [path = "", ...rest] = command.words;
  const program = (path.split(/[\\/]/).at(-1) ?? "").replace(/\.exe$/i, "").toLowerCase();
  if (program === "az" || program === "gcloud") return cloudCall(program, rest, command);
  if (
    (program === "helm" && rest[0] === "registry") ||
    program === "oras" ||
    program === "skopeo" ||
    program === "crane"
  ) {
    const args = rest.filter((word) => word !== "registry" && word !== "auth");
    return args[0] === "login" ? loginCall(program, args.slice(1), command) : null;
  }
  if (!ENGINES.has(program)) return null;
  if (program.endsWith("-compose")) return composeCall(program, rest, command);
  const args = afterGlobalFlags(rest);
  const isGroup = /^(?:image|container|buildx|builder)$/.test(args[0] ?? "");
  const [verb = "", ...after] = isGroup ? args.slice(1) : args;
  if (verb === "compose") return composeCall(`${program} compose`, after, command);
  const kind = VERBS[verb];
  if (kind === undefined || (verb === "create" && args[0] === "buildx")) return null;
  const name = `${program} ${isGroup ? `${args[0]} ` : ""}${verb}`;
  if (kind === "login") return loginCall(program, after, command);
  const base = { kind, program: name, hosts: [], by: "password" as const, build: null, command };
  if (kind === "build") return { ...base, images: [], build: buildOf(after) };
  return { ...base, images: kind === "bake" ? [] : imageOf(after, kind) };
}

function afterGlobalFlags(words: readonly string[]): readonly string[] {
  let at = 0;
  while (words[at]?.startsWith("-")) at += GLOBAL_VALUES.test(words[at] ?? "") ? 2 : 1;
  return words.slice(at);
}

function composeCall(program: string, words: readonly string[], command: ShellCommand): EngineCall | null {
  const [verb = ""] = afterGlobalFlags(words);
  if (!/^(?:up|pull|build|run|create)$/.test(verb)) return null;
  return {
    kind: "compose",
    program: `${program} ${verb}`,
    images: [],
    hosts: [],
    by: "password",
    build: null,
    command,
  };
}

function imageOf(words: readonly string[], kind: EngineCall["kind"]): string[] {
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (!word.startsWith("-")) return [word];
    const hasValue = kind === "run" ? !SWITCHES.test(word) : word === "--platform";
    if (hasValue && !word.includes("=")) at++;
  }
  return [];
}

function buildOf(words: readonly string[]): NonNullable<EngineCall["build"]> {
  const tags: string[] = [];
  let file: string | null = null;
  let context = ".";
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [flag = "", attached] = word.startsWith("--") ? word.split(/=(.*)/s) : [word];
    if (!word.startsWith("-")) context = word;
    else if (/^--(?:load|push|pull|no-cache|quiet|rm|force-rm|squash|compress)$|^-q$/.test(flag)) continue;
    else {
      const value = attached ?? words[++at] ?? "";
      if (flag === "-t" || flag === "--tag") tags.push(value);
      if (flag === "-f" || flag === "--file") file = value;
    }
  }
  return { tags, file, context };
}

function loginCall(program: string, words: readonly string[], command: ShellCommand): EngineCall {
  const host = words.find(
    (word, at) => !word.startsWith("-") && !/^(?:-[up]|--(?:username|password|user|config))$/.test(words[at - 1] ?? ""),
  );
  const isAws = command.words.some((word) => word === "AWS") || /amazonaws\.com/.test(host ?? "");
  const base = { kind: "login", images: [], build: null, command } as const;
  return { ...base, program: `${program} login`, hosts: [host ?? "docker.io"], by: isAws ? "aws" : "password" };
}

function cloudCall(program: string, words: readonly string[], command: ShellCommand): EngineCall | null {
  const base = { kind: "login", images: [], build: null, command } as const;
  const text = words.join(" ");
  if (program === "az" && /^acr login\b/.test(text)) {
    const [, name = ""] = /(?:--name|-n)[ =](\S+)/.exec(text) ?? [];
    const host = name === "" || name.includes(".") ? name : `${name.toLowerCase()}.azurecr.io`;
    return { ...base, program: "az acr login", hosts: host === "" ? [] : [host], by: "azure" };
  }
  if (program === "gcloud" && /^auth configure-docker\b/.test(text)) {
    const hosts = words
      .slice(2)
      .filter((word) => !word.startsWith("-"))
      .flatMap((word) => word.split(","));
    return {
      ...base,
      program: "gcloud",
      hosts: hosts.length === 0 ? ["gcr.io"] : hosts.filter((host) => host !== ""),
      by: "google",
    };
  }
  return null;
}
