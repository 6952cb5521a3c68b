import { chmodSync, chownSync, cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FEATURE_FOLDER } from "../../../scripts/project.ts";
import { run } from "../../support/shell.ts";
import { tempFolder } from "../../support/temp-home.ts";

// install.sh's choice of a Node: what runs the agent gets every password, so only root may be able to replace it.

const OTHER = 12_345;

/** Runs a command with the functions of find.sh. */
async function sh(command: string, PATH = process.env.PATH): Promise<{ stdout: string; stderr: string }> {
  const script = `say() { echo "$*"; }; LIB=/nonexistent; MIN_NODE=20; . "$0"; ${command}`;
  return await run("/bin/sh", ["-c", script, join(FEATURE_FOLDER, "node/find.sh")], { env: { PATH: PATH ?? "" } });
}

const isRoots = async (path: string): Promise<boolean> =>
  (await sh(`if is_roots '${path}'; then echo yes; fi`)).stdout === "yes\n";

/** `a/b/node`, a program that says that it is itself, below a folder that is removed at the end. */
function planted(): { a: string; b: string; node: string } {
  const a = join(realpathSync(tempFolder()), "a");
  const b = join(a, "b");
  const node = join(b, "node");
  mkdirSync(b, { recursive: true, mode: 0o755 });
  writeFileSync(node, `#!/bin/sh\ncase $2 in *execPath) echo ${node} ;; *) echo 99 ;; esac\n`, { mode: 0o755 });
  return { a, b, node };
}

/** Gives a path to a group of others. */
function share(path: string, mode: number, group = OTHER): void {
  chownSync(path, 0, group);
  chmodSync(path, mode);
}

test("a program of the system is root's alone", async () => {
  expect(await isRoots(realpathSync("/bin/sh"))).toBe(true);
});

test.each(["/nonexistent/node", "/proc/1/none"])("%s, which is not there, is not root's", async (path) => {
  expect(await isRoots(path)).toBe(false);
});

describe.runIf(process.getuid?.() === 0)("a program that root put there", () => {
  test.each<[string, boolean, (paths: ReturnType<typeof planted>) => void]>([
    ["as it is", true, () => undefined],
    ["that another user owns", false, ({ node }) => chownSync(node, OTHER, 0)],
    ["that everybody may write", false, ({ node }) => chmodSync(node, 0o757)],
    ["that a group may write", false, ({ node }) => share(node, 0o775)],
    ["that the group staff may write, in which nobody is", true, ({ node }) => share(node, 0o775, 50)],
    ["that root's group may write", true, ({ node }) => chmodSync(node, 0o775)],
    ["in a folder that another user owns", false, ({ b }) => chownSync(b, OTHER, OTHER)],
    ["in a folder that everybody may write", false, ({ b }) => chmodSync(b, 0o777)],
    ["in a folder that everybody may write, and sticky", true, ({ b }) => chmodSync(b, 0o1777)],
    ["in a folder that a group may write", false, ({ b }) => share(b, 0o2775)],
    ["below a folder that another user owns", false, ({ a }) => chownSync(a, OTHER, OTHER)],
    ["below a folder that everybody may write", false, ({ a }) => chmodSync(a, 0o777)],
  ])("%s: %s", async (_, expected, change) => {
    const paths = planted();
    change(paths);
    expect(await isRoots(paths.node)).toBe(expected);
  });

  test("is passed over, unrun, where another user may replace it, and the message says which path", async () => {
    const { a, b, node } = planted();
    const ran = join(tempFolder(), "ran");
    writeFileSync(node, `#!/bin/sh\ntouch ${ran}\necho ${node}\n`);
    chownSync(a, OTHER, OTHER);
    const { stdout, stderr } = await sh(`find_node; ls ${ran} 2>&1 || true`, `${b}:/bin:/usr/bin`);
    expect(stderr).toContain(`the Node ${node} is not used: another user than root can replace ${a}`);
    expect(stdout).not.toContain(`${node}\n`);
    expect(stdout).toContain("No such file");
  });

  test("is passed over behind a link and behind a wrapper of root's, too", async () => {
    const { b, node } = planted();
    chownSync(node, OTHER, OTHER);
    const links = planted();
    symlinkSync(node, join(links.a, "node"));
    const wrapper = planted();
    cpSync(node, wrapper.node);
    for (const PATH of [links.a, wrapper.b]) {
      const { stdout, stderr } = await sh("find_node", `${PATH}:/bin:/usr/bin`);
      expect(stderr).toContain(`the Node ${node} is not used: another user than root can replace ${node}`);
      expect(stdout).not.toContain(b);
    }
  });
});
