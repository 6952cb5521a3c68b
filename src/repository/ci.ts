import { explain } from "../findings/finding.ts";
import { isRecord } from "../platform/jsonc.ts";
import { usesOfCalls } from "./command-uses.ts";
import { analyzeCommand } from "./commands.ts";
import type { Sources } from "./sources.ts";
import { type Use, useOfHost, useOfImage } from "./uses.ts";
import { type Mapping, pairsOf, readYaml, textsOf } from "./yaml.ts";

const WORKFLOWS = ".github/workflows";

/** Files of CI systems whose commands and images can be read without knowing the system. */
const OTHERS = [".gitlab-ci.yml", ".circleci/config.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml"];

/**
 * What the CI of a repository logs in to and pulls.
 * @param before the registries that the dev container needs before it exists: a build in CI needs them as well
 */
export function usesOfCi(sources: Sources, before: ReadonlySet<string>): Use[] {
  const workflows = sources.list(WORKFLOWS).filter((name) => /\.ya?ml$/.test(name));
  const others = OTHERS.filter((file) => sources.readQuietly(file) !== null);
  return [
    ...workflows.flatMap((name) => usesOfWorkflow(sources, `${WORKFLOWS}/${name}`, before)),
    ...others.flatMap((file) => usesOfPipeline(sources, file)),
  ];
}

type Env = ReadonlyMap<string, string>;

function usesOfWorkflow(sources: Sources, file: string, before: ReadonlySet<string>): Use[] {
  const workflow = readYaml(sources, file);
  const jobs = isRecord(workflow?.jobs) ? Object.values(workflow.jobs).filter(isRecord) : [];
  return jobs.flatMap((job) => {
    const env = new Map([...envOf(workflow?.env), ...envOf(job.env)]);
    const uses: Use[] = [];
    const addImage = (image: unknown, where: string): void => {
      const [text] = textsOf(isRecord(image) ? image.image : image);
      const known = text === undefined ? null : resolve(text, env);
      if (known !== null) uses.push(...useOfImage(sources, known, { file, where, phase: "ci" }));
    };
    addImage(job.container, "container.image");
    for (const [name, service] of Object.entries(isRecord(job.services) ? job.services : {})) {
      addImage(service, `services.${name}.image`);
    }
    for (const step of Array.isArray(job.steps) ? job.steps.filter(isRecord) : []) {
      uses.push(...usesOfStep(sources, file, step, env));
      if (/^devcontainers\/ci(?:@|$)/.test(String(step.uses ?? ""))) noteBuild(sources, file, uses, before);
    }
    return uses;
  });
}

function envOf(value: unknown): [string, string][] {
  return pairsOf(value).map(([name, text]) => [name, text ?? ""]);
}

/** @returns null for a text whose expressions are not known here */
function resolve(text: string, env: Env): string | null {
  const known = text.replace(/\$\{\{\s*env\.([\w-]+)\s*\}\}/g, (all, name: string) => env.get(name) ?? all);
  return known.includes("${{") ? null : known;
}

function usesOfStep(sources: Sources, file: string, step: Mapping, env: Env): Use[] {
  const action = String(step.uses ?? "");
  const inputs = new Map(pairsOf(step.with));
  const [name = ""] = action.split("@");
  if (action.startsWith("docker://")) {
    return useOfImage(sources, action.slice("docker://".length), { file, where: "uses", phase: "ci" });
  }
  if (name === "aws-actions/amazon-ecr-login") {
    if ((inputs.get("registries") ?? "") === "") sources.note(explain("ci-ecr-host", { file }));
    return [];
  }
  const input =
    name === "docker/login-action" ? "registry" : /^azure\/docker-login$/i.test(name) ? "login-server" : null;
  if (input !== null) {
    const written = inputs.get(input) ?? "";
    const host = written === "" ? "docker.io" : resolve(written, env);
    if (host === null) sources.note(explain("ci-variable", { file, variable: written }));
    const where = written === "" ? `${name} without ${input}` : name;
    return host === null ? [] : useOfHost(host, { file, where, phase: "ci" });
  }
  const [command] = textsOf(step.run);
  return command === undefined ? [] : usesOfScript(sources, file, command, env);
}

function usesOfScript(sources: Sources, file: string, command: string, env: Env = new Map()): Use[] {
  const text = resolveAll(command, env);
  const { calls } = analyzeCommand(sources, text, file);
  for (const { hosts } of calls) {
    const variable = hosts.find((host) => /^\$\{?[A-Z]/.test(host));
    if (variable !== undefined) sources.note(explain("ci-variable", { file, variable }));
  }
  const cis = calls.filter((call) => !call.isInScript);
  return usesOfCalls(sources, cis, "run", "ci").map((use) => ({ ...use, where: use.where.replace(/^run: /, "") }));
}

function resolveAll(text: string, env: Env): string {
  return text.replace(/\$\{\{\s*env\.([\w-]+)\s*\}\}/g, (all, name: string) => env.get(name) ?? all);
}

/** devcontainers/ci builds without the hook. */
function noteBuild(sources: Sources, file: string, uses: readonly Use[], before: ReadonlySet<string>): void {
  const logins = new Set(uses.filter(({ image }) => image === null).map(({ registry }) => registry.host));
  for (const host of before) if (!logins.has(host)) sources.note(explain("ci-build-login", { file, host }));
}

/** Every `image`, and every command in a `script`, `run` or `command`. */
function usesOfPipeline(sources: Sources, file: string): Use[] {
  const uses: Use[] = [];
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const each of value) visit(each, key);
    else if (isRecord(value)) {
      for (const [name, each] of Object.entries(value))
        visit(each, name === "name" && key === "image" ? "image" : name);
    } else if (typeof value !== "string") return;
    else if (key === "image" || key === "services") {
      const [variable] = /\$\{?\w+\}?/.exec(value) ?? [];
      if (variable !== undefined) sources.note(explain("ci-variable", { file, variable }));
      else uses.push(...useOfImage(sources, value, { file, where: key, phase: "ci" }));
    } else if (/^(?:(?:before_|after_)?script|run|command|bash)$/.test(key)) {
      uses.push(...usesOfScript(sources, file, value));
    }
  };
  visit(readYaml(sources, file), "");
  return uses;
}
