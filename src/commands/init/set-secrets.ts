import { type Explanation, explain } from "../../findings/finding.ts";
import type { Environment } from "../../platform/environment.ts";
import { findAbsoluteProgram } from "../../platform/executable.ts";
import { runProgram } from "../../platform/run-program.ts";
import type { Chosen } from "./choose.ts";
import { type SecretPart, secretName } from "./secret-texts.ts";

/** Whose secrets of Codespaces are set. */
export type SecretLevel = "repository" | "user" | "organization";

/** gh encrypts each value and sends it to GitHub. In milliseconds. */
const TIME_LIMIT_MS = 60_000;

const QUIET = { GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" };

/** What setting the secrets came to. */
export interface SecretsSet {
  readonly names: readonly string[];
  readonly problems: readonly Explanation[];
}

/** What is set, and for whom. */
export interface SetInput {
  readonly chosen: readonly Chosen[];
  readonly withServer: ReadonlySet<string>;
  readonly level: SecretLevel;
  /** `owner/name`; null where it is not known: gh then takes that of the current folder. */
  readonly repository: string | null;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  /** The value of a secret that is not in the environment; empty for none. */
  readonly value: (name: string) => Promise<string>;
}

/**
 * Runs `gh secret set` for each secret. The value is its input, never an argument.
 * Source: https://cli.github.com/manual/gh_secret_set
 */
export async function setSecrets(input: SetInput): Promise<SecretsSet> {
  const { chosen, withServer, env, platform } = input;
  const program = findAbsoluteProgram(platform === "win32" ? "gh.exe" : "gh", env, platform);
  const names: string[] = [];
  const problems: Explanation[] = [];
  if (program === null) return { names, problems: [explain("gh-not-found")] };
  for (const { identifier, registry } of chosen) {
    const parts: SecretPart[] = [...(withServer.has(identifier) ? (["SERVER"] as const) : []), "USER", "PASSWORD"];
    for (const part of parts) {
      const name = secretName(identifier, part);
      const value = part === "SERVER" ? registry.host : env[name] || (await input.value(name));
      const problem =
        value === "" ? explain("secret-value-missing", { name }) : await setOne(program, name, value, input);
      if (problem === null) names.push(name);
      else problems.push(problem);
    }
  }
  return { names, problems };
}

async function setOne(
  program: string,
  name: string,
  value: string,
  { level, repository, env, platform }: SetInput,
): Promise<Explanation | null> {
  const owner = repository?.split("/")[0] ?? "";
  const flags = {
    repository: ["--app", "codespaces", ...(repository === null ? [] : ["--repo", repository])],
    user: ["--user", ...(repository === null ? [] : ["--repos", repository])],
    organization: ["--org", owner, "--app", "codespaces", "--visibility", "private"],
  }[level];
  const settings = { env: { ...env, ...QUIET }, input: value, limitMs: TIME_LIMIT_MS, platform };
  const { status, stderr, error } = await runProgram(program, ["secret", "set", name, ...flags], settings);
  if (status === 0) return null;
  const [line = ""] = stderr.trim().split("\n");
  return explain("gh-failed", { name, error: error || line || `exit code ${status}` });
}
