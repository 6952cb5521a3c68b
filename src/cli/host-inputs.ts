import { explainHelperProgram } from "../clients/helper-program.ts";
import { hasPodman } from "../clients/podman/files.ts";
import { noteSurroundings } from "../clients/surroundings.ts";
import type { HostMachine, OfflineContext } from "../context.ts";
import { readDevContainers } from "../discovery/dev-container-files.ts";
import { readGithubCliToken } from "../discovery/github-cli.ts";
import type { InputNote } from "../discovery/inputs.ts";
import { secretsIn } from "../discovery/known-secrets.ts";
import { mapFrom } from "../discovery/mapping.ts";
import type { Storage } from "../discovery/options.ts";
import { addVariables, type Variables } from "../discovery/variables.ts";
import { readDockerPath } from "../discovery/vscode-settings.ts";
import type { Environment } from "../platform/environment.ts";
import type { CommandLine } from "./command.ts";

/** The commands whose result depends on the secrets and options of this place. */
const READERS: ReadonlySet<string> = new Set(["login", "plan", "doctor", "logout", "export"]);

/**
 * Gives a command on a host what a container has by itself: the variables of the files that the command line names, the
 * options in the devcontainer.json of the folder, and the token of the GitHub CLI.
 * @throws UserError where a file or folder that the command line names cannot be used
 */
export async function withHostInputs(
  context: OfflineContext,
  machine: HostMachine,
  line: CommandLine,
): Promise<OfflineContext> {
  const { command, options, switches, values } = line;
  // A login as root gets its variables from the one who asks, and has no business in that user's folder.
  if (!READERS.has(command.name) || switches.has("environment-from-socket")) return context;
  const last = (name: "config" | "workspace-folder"): string | null => values.get(name)?.at(-1) ?? null;
  const files = { envFiles: values.get("env-file") ?? [], secretsFiles: values.get("secrets-file") ?? [] };
  const variables = addVariables(context.env, files, machine.platform);
  const place = { config: last("config"), folder: last("workspace-folder") };
  const mapping = mapFrom(readDevContainers(place, trustedUsers(context)));
  const surroundings = noteSurroundings(context.env, context.uid, machine.platform);
  const notes = [...surroundings, ...variables.notes, ...mapping.notes];
  const isFromGh = (options.githubToken ?? mapping.options.githubToken) === "gh" && command.name !== "logout";
  const { env, origins } = isFromGh ? await withGithubCliToken(variables, machine, notes) : variables;
  if (env !== context.env) {
    context.secrets.add(secretsIn(env));
    context.exportEnvironment(env);
  }
  const dockerPath =
    values.get("docker-path")?.at(-1) ??
    (hasPodman(context.env) ? readDockerPath(context.env, machine.platform) : null);
  const servers = options.registries === undefined ? mapping.origins : new Map<string, string>();
  return {
    ...context,
    env,
    machine: {
      ...machine,
      env: context.env,
      options: { storage: defaultStorage(context.env, machine), ...machine.options, ...mapping.options },
      ...(dockerPath === null ? {} : { dockerPath }),
      notes,
      origins: { variables: origins, servers },
    },
  };
}

/** Without our helper, clients find logins only where docker itself puts them. Memory that outlives a run is Linux's alone. */
function defaultStorage(env: Environment, { platform }: HostMachine): Storage {
  return platform === "linux" && explainHelperProgram(env, "docker", platform) === null ? "memory" : "native";
}

/** Root, this user, and who became root by sudo. */
function trustedUsers({ uid, env }: OfflineContext): ReadonlySet<number> {
  return new Set([0, uid, ...(uid === 0 && env.SUDO_UID !== undefined ? [Number(env.SUDO_UID)] : [])]);
}

/** Sets the variable in which a login looks for a token of GitHub's. */
async function withGithubCliToken(
  variables: Variables,
  { platform }: HostMachine,
  notes: InputNote[],
): Promise<Pick<Variables, "env" | "origins">> {
  const found = await readGithubCliToken(variables.env, platform);
  if ("token" in found) {
    const env = { ...variables.env, GITHUB_TOKEN: found.token };
    return { env, origins: new Map([...variables.origins, ["GITHUB_TOKEN", "the GitHub CLI"]]) };
  }
  notes.push({ finding: found, step: "options", isWrong: true });
  return variables;
}
