import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../test/support/shell.ts";
import { isNewest, isPrerelease, parseVersion } from "./version.ts";

/** The tags of an action's release, and the commit that they lead to. */
export interface ActionTags {
  readonly commit: string;
  /** Like `v1.1.0`, `v1.1` and `v1`. */
  readonly tags: readonly string[];
}

export interface ActionRelease {
  /** The checkout whose HEAD is released. */
  readonly checkout: string;
  readonly version: string;
  /** The bundled action. */
  readonly bundle: string;
  /** A name or address of the repository to push to. */
  readonly remote: string;
}

/**
 * Pushes the tags by which workflows use the action. They lead to a commit on top of the released one, which also has the
 * bundle: GitHub runs what is committed. The same release always makes the same commit, so a second run changes nothing.
 * @throws Error when the version's tag is there and leads elsewhere: it is never moved
 */
export async function pushActionTags({ checkout, version, bundle, remote }: ActionRelease): Promise<ActionTags> {
  const git = async (...args: string[]): Promise<string> => (await run("git", args, { cwd: checkout })).stdout.trim();
  const commit = await commitBundle(checkout, version, bundle);
  const present = await tagsOf(remote, checkout);
  const own = `v${version}`;
  if ((present.get(own) ?? commit) !== commit)
    throw new Error(`the tag ${own} leads to another commit; it is never moved`);
  const moving = movingTags(version, [...present.keys()]);
  const refs = [own, ...moving].map((tag) => `${tag === own ? "" : "+"}${commit}:refs/tags/${tag}`);
  await git("push", "--quiet", "--atomic", remote, ...refs);
  return { commit, tags: [own, ...moving] };
}

/** `v1` and `v1.1`, where no newer version has them. */
function movingTags(version: string, present: readonly string[]): string[] {
  if (isPrerelease(version)) return [];
  const { major, minor } = parseVersion(version);
  return [`${major}`, `${major}.${minor}`].flatMap((line) => {
    const others = present.filter((tag) => tag.startsWith(`v${line}.`)).map((tag) => tag.slice(1));
    return isNewest(version, others) ? `v${line}` : [];
  });
}

/** Makes the commit with the bundle, in an index of its own, so that the checkout stays as it is. Returns its hash. */
async function commitBundle(checkout: string, version: string, bundle: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-action-"));
  try {
    const when = (await run("git", ["show", "-s", "--format=%cI", "HEAD"], { cwd: checkout })).stdout.trim();
    const who = { NAME: "registry-login release", EMAIL: "release@registry-login.invalid", DATE: when };
    const env = {
      GIT_INDEX_FILE: join(folder, "index"),
      ...Object.fromEntries(
        Object.entries(who).flatMap(([key, value]) => [
          [`GIT_AUTHOR_${key}`, value],
          [`GIT_COMMITTER_${key}`, value],
        ]),
      ),
    };
    const tree = join(folder, "tree");
    cpSync(bundle, join(tree, "dist/action"), { recursive: true });
    const gitDir = (await run("git", ["rev-parse", "--absolute-git-dir"], { cwd: checkout })).stdout.trim();
    const git = (...args: string[]) => run("git", ["--git-dir", gitDir, "--work-tree", tree, ...args], { env });
    await git("read-tree", "HEAD");
    await git("add", "--force", "dist/action");
    const { stdout: written } = await git("write-tree");
    const message = `release: ${version}, with the bundled action`;
    return (await git("commit-tree", written.trim(), "-p", "HEAD", "-m", message)).stdout.trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Which commit each tag of a repository leads to. */
export async function tagsOf(remote: string, cwd?: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await run("git", ["ls-remote", "--tags", "--refs", remote], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { GIT_TERMINAL_PROMPT: "0" },
  });
  const found = stdout.matchAll(/^(\w+)\trefs\/tags\/(.+)$/gm);
  return new Map([...found].map(([, commit = "", tag = ""]) => [tag, commit]));
}
