import { type Explanation, explain } from "../findings/finding.ts";
import type { Environment } from "../platform/environment.ts";
import { findAbsoluteProgram } from "../platform/executable.ts";
import { runProgram } from "../platform/run-program.ts";
import { githubHost, takesPublicTokens } from "./github-server.ts";

const TIME_LIMIT_MS = 10_000;

/** It must not ask anything, and must not look for a newer version of itself. */
const QUIET = { GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" };

/**
 * Reads the token of the GitHub CLI for the GitHub that the environment names, github.com otherwise. It may be in a keychain, and no network is used for it.
 * @returns the token, or a finding that says why there is none
 * Source: https://cli.github.com/manual/gh_auth_token
 */
export async function readGithubCliToken(
  env: Environment,
  platform: NodeJS.Platform,
): Promise<{ readonly token: string } | Explanation> {
  const github = githubHost(env);
  if (github === null) return explain("gh-host");
  // Not gh.cmd, which a shell would have to run. A program of the current folder is the repository's.
  const program = findAbsoluteProgram(platform === "win32" ? "gh.exe" : "gh", env, platform);
  if (program === null) {
    const token = variableOf(github, env);
    return token ? { token } : explain("gh-missing", { github });
  }
  const settings = { env: { ...env, ...QUIET }, limitMs: TIME_LIMIT_MS, platform };
  const { status, stdout, error } = await runProgram(program, ["auth", "token", "--hostname", github], settings);
  if (error === "TIMEOUT") return explain("gh-timeout", { seconds: TIME_LIMIT_MS / 1000 });
  const token = stdout.trim();
  return status === 0 && /^[\x21-\x7e]+$/.test(token) ? { token } : explain("gh-no-login", { github });
}

/**
 * The variable that gh itself would print, in its order.
 * Source: https://cli.github.com/manual/gh_help_environment
 */
function variableOf(github: string, env: Environment): string | undefined {
  return takesPublicTokens(github)
    ? env.GH_TOKEN || env.GITHUB_TOKEN
    : env.GH_ENTERPRISE_TOKEN || env.GITHUB_ENTERPRISE_TOKEN;
}
