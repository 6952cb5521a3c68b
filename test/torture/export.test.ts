import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../scripts/project.ts";
import { authOf } from "../support/encoding.ts";
import { dockerLogin } from "../support/export.ts";
import { makeHome, type TempHome } from "../support/temp-home.ts";
import { type Ended, startAgent } from "../support/torture/process.ts";

const [BEFORE, AFTER] = ["an-old-password", "a-new-password"] as const;

/** A login on disk that was exported before it changed, and the file that it is in. */
async function exportedBefore(): Promise<{ home: TempHome; output: string }> {
  const home = makeHome();
  const output = join(home.folder, "exported", "auth.json");
  await dockerLogin(home.context(), "ghcr.io", "bob", BEFORE);
  await exportTo(home, output);
  await dockerLogin(home.context(), "ghcr.io", "bob", AFTER);
  return { home, output };
}

async function exportTo(home: TempHome, output: string, env: Record<string, string> = {}): Promise<Ended> {
  const node = ["--require", join(ROOT, "test/support/torture/die-at.cjs")];
  const args = ["export", "podman", "ghcr.io", "--output", output, "--force"];
  return await startAgent({ env: { HOME: home.folder, ...env }, args, node }).ended;
}

const passwordIn = (output: string): string => {
  const { auth } = JSON.parse(readFileSync(output, "utf8")).auths["ghcr.io"];
  return auth === authOf("bob", BEFORE) ? BEFORE : auth === authOf("bob", AFTER) ? AFTER : "neither";
};

describe("killed with SIGKILL at any of its calls that change a file", () => {
  test("an export leaves the old or the new file, and the next one leaves nothing else", async () => {
    const { home, output } = await exportedBefore();
    const old = readFileSync(output, "utf8");
    const seen = new Set<string>();
    for (let at = 1; ; at++) {
      writeFileSync(output, old);
      if ((await exportTo(home, output, { TORTURE_DIE_AT: String(at) })).signal !== "SIGKILL") break;
      const password = passwordIn(output);
      seen.add(password);
      // A temporary file is as private as the file itself.
      const modes = readdirSync(dirname(output)).map((name) => statSync(join(dirname(output), name)).mode & 0o777);
      expect([at, password, ...modes]).toEqual([at, expect.not.stringMatching("neither"), ...modes.map(() => 0o600)]);
    }
    expect([...seen].sort()).toEqual([AFTER, BEFORE].sort());
    expect(await exportTo(home, output)).toMatchObject({ exitCode: 0, stderr: "" });
    expect([passwordIn(output), readdirSync(dirname(output))]).toEqual([AFTER, ["auth.json"]]);
  }, 240_000);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "an export that is kept up to date ends with %s, and its file stays",
  async (signal) => {
    const { home, output } = await exportedBefore();
    const args = ["export", "podman", "ghcr.io", "--output", output, "--force", "--watch"];
    const run = startAgent({ env: { HOME: home.folder }, args });
    await new Promise((resolve) => run.child.stdout?.once("data", resolve));
    run.child.kill(signal);
    const { exitCode, stdout, stderr } = await run.ended;
    expect([exitCode, stderr, passwordIn(output)]).toEqual([0, "", AFTER]);
    expect(stdout).toContain("+  ghcr.io  as bob\n");
  },
);
