import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT, VERSION1_FEATURE } from "../../scripts/project.ts";
import { type AgentResult, collect } from "./agent.ts";
import { type TempHome, tempFolder } from "./temp-home.ts";

// Version 1.0.0: what it wrote, and the version itself, as test/vectors/version-1.0.0 has them.

const FOLDER = join(ROOT, "test/vectors/version-1.0.0");

interface Recorded {
  readonly homes: readonly {
    readonly storage: string;
    readonly files: readonly { readonly path: string; readonly mode: string; readonly text: string }[];
  }[];
}

/**
 * Fills a home with what version 1.0.0 wrote after a login as bob with this storage.
 * @param host the registry that accepted the login
 * @param other the one that rejected it
 */
export function fillHome(home: TempHome, storage: string, host: string, other: string): void {
  const { homes } = JSON.parse(readFileSync(join(FOLDER, "homes.json"), "utf8")) as Recorded;
  const files = homes.find((each) => each.storage === storage)?.files;
  if (files === undefined) throw new Error(`homes.json has no home for the storage ${storage}`);
  const fill = (text: string): string =>
    text
      .replaceAll("@HOME@", home.folder)
      .replaceAll("@MEMORY@", home.memory)
      .replaceAll("@HOST@", host)
      .replaceAll("@OTHER_HOST@", other);
  for (const { path, mode, text } of files) {
    const file = fill(path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, fill(text));
    chmodSync(file, Number.parseInt(mode, 8));
  }
}

/** Runs a command, or the credential helper, of version 1.0.0. */
export interface Version1 {
  command(args: readonly string[], env: Readonly<Record<string, string>>): Promise<AgentResult>;
  helper(verb: string, env: Readonly<Record<string, string>>, input: string): Promise<AgentResult>;
}

/** Unpacks the agent of version 1.0.0, as its install.sh does, until the test ends. */
export function unpackVersion1(): Version1 {
  const [feature, agent] = [tempFolder(), tempFolder()];
  execFileSync("tar", ["-xzf", VERSION1_FEATURE, "-C", feature]);
  execFileSync(process.execPath, [join(feature, "unpack.mjs"), join(feature, "agent.json.br"), agent]);
  const run = (entry: string, args: readonly string[], env: Readonly<Record<string, string>>, input: string) =>
    collect(
      spawn(process.execPath, [join(agent, entry), ...args], { env: { PATH: `${feature}/bin:/usr/bin:/bin`, ...env } }),
      input,
    );
  return {
    command: (args, env) => run("main.cjs", args, env, ""),
    helper: (verb, env, input) => run("main.cjs", ["credential-helper", verb], env, input),
  };
}
