import { userInfo } from "node:os";
import { explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The home folder; HOME comes first, as for every client.
 * @throws UserError where there is none
 */
export function homeFolder(env: Environment): string {
  if (env.HOME) return env.HOME;
  try {
    return userInfo().homedir;
  } catch {
    throw new UserError(explain("home-unknown"));
  }
}

/**
 * The environment without the secrets of the convention, also those under a name that is not valid, and without the inputs
 * of the GitHub action that hold secrets: for programs that the agent starts, which have no use for them.
 * GITHUB_TOKEN stays, since programs of GitHub's look for it there.
 */
export function withoutSecrets(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !NOT_FOR_PROGRAMS.test(name)));
}

const NOT_FOR_PROGRAMS = /CONTAINER_REGISTRY_|^INPUT_(?:SECRETS|GITHUB-TOKEN)$/i;

/**
 * The names of the convention: identifier and part. Greedy, so that an identifier may contain the infix itself.
 * Source: https://docs.github.com/codespaces/reference/allowing-your-codespace-to-access-a-private-registry
 */
export const SECRET_NAME = /^([a-z0-9_]+)_CONTAINER_REGISTRY_([a-z_]+)$/i;
