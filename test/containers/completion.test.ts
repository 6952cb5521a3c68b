import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agentOnPath } from "../support/clients.ts";
import { runLine } from "../support/command-line.ts";
import { installPackages } from "../support/engine.ts";
import { run } from "../support/shell.ts";
import { logIn, makeHome, secrets } from "../support/temp-home.ts";

/** The environment of a person who is logged in, with the shell installed; the script stands in ~/completion. */
async function prepare(shell: "zsh" | "fish"): Promise<Record<string, string>> {
  await installPackages([shell]);
  const home = makeHome();
  const env = { ...secrets("A", "quay.io", "bob", "pass-word"), ...secrets("B", "localhost:5000", "bob", "pass-word") };
  await logIn(home.context(env), { verify: "false", storage: "disk" });
  writeFileSync(join(home.folder, "completion"), (await runLine(home, ["completion", shell])).stdout);
  return { HOME: home.folder, PATH: agentOnPath(home), TERM: "xterm" };
}

test.each([
  ["registry-login sta", ["status"]],
  ["registry-login --storage ", ["disk", "memory", "native", "plaintext"]],
  ["registry-login --storage=d", ["--storage=disk"]],
  ["registry-login login --no-v", ["--no-verify"]],
  ["registry-login logout ", ["localhost:5000", "quay.io"]],
  ["registry-login logout localhost:", ["localhost:5000"]],
])("fish completes %j", async (line, expected) => {
  const env = await prepare("fish");
  const program = "source ~/completion; complete -C $argv[1]";
  const { stdout } = await run("fish", ["--no-config", "-c", program, line], { env });
  const values = stdout.split("\n").flatMap((each) => (each === "" ? [] : (each.split("\t")[0] ?? "")));
  expect(values.sort()).toEqual(expected);
});

/** Presses Tab in an interactive zsh, then a key that prints the line as it is by then. */
const PRESS_TAB = String.raw`
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1='' PROMPT_EOL_MARK=''; autoload -Uz compinit; compinit -u -d ~/dump; source ~/completion; show() { print -r -- \"<\$BUFFER>\" }; zle -N show; bindkey '^X' show; print -r -- REA'DY'"
zpty -r shell out '*READY*'
zpty -w -n shell "$1"$'\t\x18'
zpty -r shell out '*<*>*'
print -r -- "$out"
zpty -d shell`;

test.each([
  ["registry-login sta", "registry-login status "],
  ["registry-login --storage d", "registry-login --storage disk "],
  ["registry-login --storage=d", "registry-login --storage=disk "],
  ["registry-login login --no-v", "registry-login login --no-verify "],
  ["registry-login logout q", "registry-login logout quay.io "],
  ["registry-login logout localhost:", "registry-login logout localhost:5000 "],
])("zsh completes %j", async (line, expected) => {
  const env = await prepare("zsh");
  const { stdout } = await run("timeout", ["60", "zsh", "-f", "-c", PRESS_TAB, "zsh", line], { env });
  expect(stdout).toContain(`<${expected}>`);
});

test("zsh lists the hosts if there are several", async () => {
  const env = await prepare("zsh");
  const { stdout } = await run("timeout", ["60", "zsh", "-f", "-c", PRESS_TAB, "zsh", "registry-login logout "], {
    env,
  });
  expect(stdout).toMatch(/localhost:5000 +quay\.io/);
});
