import { isAbsolute } from "node:path";
import { type Explanation, explain } from "../findings/finding.ts";
import { type Environment, withoutSecrets } from "../platform/environment.ts";
import { findProgram } from "../platform/executable.ts";
import { loadChildProcess } from "../platform/lazy-modules.ts";

const TIME_LIMIT_MS = 10_000;
const MAX_OUTPUT_BYTES = 64 * 1024;

/** It must not ask anything, and must not look for a newer version of itself. */
const QUIET = { GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" };

/**
 * Reads the token of the GitHub CLI for github.com. It may be in a keychain, and no network is used for it.
 * @returns the token, or a finding that says why there is none
 * Source: https://cli.github.com/manual/gh_auth_token
 */
export async function readGithubCliToken(
  env: Environment,
  platform: NodeJS.Platform,
): Promise<{ readonly token: string } | Explanation> {
  const program = findProgram(platform === "win32" ? "gh.exe" : "gh", { PATH: env.PATH ?? env.Path });
  // A program of the current folder is the repository's.
  if (program === null || !isAbsolute(program)) {
    // The variables that gh itself would print, in its order.
    const token = env.GH_TOKEN || env.GITHUB_TOKEN;
    return token ? { token } : explain("gh-missing");
  }
  return await new Promise((settle) => {
    const options = {
      env: { ...withoutSecrets(env), ...QUIET },
      maxBuffer: MAX_OUTPUT_BYTES,
      windowsHide: true,
    };
    const child = loadChildProcess().execFile(
      program,
      ["auth", "token", "--hostname", "github.com"],
      options,
      (error, stdout) => {
        const token = stdout.trim();
        clearTimeout(timer);
        if (error !== null || !/^[\x21-\x7e]+$/.test(token)) settle(explain("gh-no-login"));
        else settle({ token });
      },
    );
    // Not execFile's own limit: that waits for whoever else holds the output.
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      settle(explain("gh-timeout", { seconds: TIME_LIMIT_MS / 1000 }));
    }, TIME_LIMIT_MS);
    child.stdin?.on("error", () => undefined);
    child.stdin?.end();
  });
}
