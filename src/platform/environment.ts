import { userInfo } from "node:os";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a variable. Windows ignores the case of its name: the PATH is called `Path` there. */
export function variable(env: Environment, name: string, platform = process.platform): string | undefined {
  if (platform !== "win32" || env[name] !== undefined) return env[name];
  const spelling = Object.keys(env).find((each) => each.toUpperCase() === name.toUpperCase());
  return spelling === undefined ? undefined : env[spelling];
}

/**
 * The home folder; HOME comes first, as for every client. On Windows it is USERPROFILE: HOME, which Git Bash sets in a form
 * of its own, is ignored by docker.
 * @throws UserError where there is none
 * Source: Go's os.UserHomeDir
 */
export function homeFolder(env: Environment, platform = process.platform): string {
  const home = variable(env, platform === "win32" ? "USERPROFILE" : "HOME", platform);
  if (home) return home;
  try {
    return userInfo().homedir;
  } catch {
    throw new UserError(explain("home-unknown"));
  }
}

/**
 * The environment without the secrets of the convention, also those under a name that is not valid, and without the inputs
 * of the GitHub action and the passwords of GitLab CI for registries: for programs that the agent starts, which have no use
 * for them.
 * GITHUB_TOKEN and CI_JOB_TOKEN stay, since programs of GitHub's and GitLab's look for them there.
 */
export function withoutSecrets(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_FOR_PROGRAMS.test(name)));
}

/**
 * The same for credential stores, which need no token of others either. What programs of AWS look for stays: some stores ask
 * AWS.
 */
export function withoutTokens(env: Environment): Environment {
  return Object.fromEntries(Object.entries(withoutSecrets(env)).filter(([name]) => !TOKENS.test(name)));
}

const TOKENS = /^(?:(?:INPUT_)?(?:GITHUB|GH|NPM|NODE_AUTH)[_-]TOKEN|CI_JOB_TOKEN)$/i;

const NOT_FOR_PROGRAMS =
  /CONTAINER_REGISTRY_|^INPUT_(?:SECRETS|GITHUB-TOKEN)$|^CI_(?:REGISTRY|DEPENDENCY_PROXY)_PASSWORD$/i;

/**
 * The names of the convention: identifier and part. Greedy, so that an identifier may contain the infix itself.
 * Source: https://docs.github.com/codespaces/reference/allowing-your-codespace-to-access-a-private-registry
 */
export const SECRET_NAME = /^([a-z0-9_]+)_CONTAINER_REGISTRY_([a-z_]+)$/i;
