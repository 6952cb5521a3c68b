import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { createScanner, type ParseError, parse } from "jsonc-parser";
import { onTestFinished } from "vitest";
import { ROOT } from "../../scripts/project.ts";
import { runLine } from "./command-line.ts";
import { filesBelow, makeHome, onHost, type TempHome } from "./temp-home.ts";

/** The line that `init` writes: it is what the documents say. */
export const LINE =
  "npx --yes @registry-login/cli@1 login --if-changed || echo registry-login did not run: install Node 20 or newer, or log in with docker login";

/** A registry that `init` should find. */
export interface ExpectedRegistry {
  readonly host: string;
  readonly privacy: string;
  readonly before: boolean;
  readonly uses: readonly { readonly file: string; readonly where: string; readonly image?: string }[];
  readonly id?: string;
}

/** A repository, a command line, and what must come out. */
export interface Shape {
  readonly id: string;
  readonly title: string;
  readonly run: readonly string[];
  /** Relative to the repository; null where there is none. */
  readonly config: string | null;
  readonly files: Readonly<Record<string, string>>;
  readonly exit: 0 | "refused";
  readonly code?: string;
  readonly feature?: string;
  /** `{OURS}` stands for {@link LINE}, `{OLD}` for what was there. */
  readonly initializeCommand?: { readonly action: string; readonly value?: unknown };
  /** Secrets that are declared anew. */
  readonly secrets?: readonly string[];
  readonly registries?: readonly ExpectedRegistry[];
  /** Codes of findings that are among the notes. */
  readonly notes?: readonly string[];
  /** Whether something of ours was there before, which `--remove` takes out as well. */
  readonly keepsOurs?: boolean;
  /** Hosts that must not be named as registries. */
  readonly absent?: readonly string[];
}

/** What `init --json` prints. */
export interface InitAnswer {
  readonly outcome: string;
  readonly code?: string;
  readonly message?: string;
  readonly file: string;
  readonly feature: { readonly action: string } | null;
  readonly initializeCommand: {
    readonly action: string;
    readonly value: unknown;
    readonly suggestion: string | null;
  } | null;
  readonly secrets: { readonly declared: readonly string[]; readonly set: readonly string[] };
  readonly registries: readonly (ExpectedRegistry & {
    readonly id: string | null;
    readonly loginNeededBefore: boolean;
  })[];
  readonly otherFiles: readonly string[];
  readonly difference: string;
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
  readonly left: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

/** A repository in a temporary folder, and a machine on which `init` runs. */
export interface Repository {
  readonly folder: string;
  readonly home: TempHome;
  /** Every file with its bytes. */
  snapshot(): Record<string, string>;
  read(path: string): string;
  /** Runs a command line, in which folders and files are relative to the repository. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<{ exitCode: number; text: string }>;
  /** The same with `--json`. */
  answer(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<InitAnswer & { exitCode: number }>;
}

/** Writes the files of a repository; `dot-git` stands for `.git`. */
export function layOut(files: Readonly<Record<string, string>>): Repository {
  const folder = mkdtempSync(join(tmpdir(), "registry-login-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name.replace(/^dot-git\b/, ".git"));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const home = onHost(makeHome());
  const run: Repository["run"] = async (args, env = {}) => {
    const { stdout, exitCode, refusal } = await runLine(home, inFolder(args, folder), env);
    return { exitCode, text: refusal === null ? stdout : `${refusal.message}\n${refusal.hint}\n` };
  };
  return {
    folder,
    home,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    snapshot: () =>
      Object.fromEntries(
        filesBelow(folder).map((path) => [path.slice(folder.length + 1), readFileSync(path, "latin1")]),
      ),
    run,
    answer: async (args, env) => {
      const { exitCode, text } = await run([...args, "--json"], env);
      return { ...(JSON.parse(text) as InitAnswer), exitCode };
    },
  };
}

function inFolder(args: readonly string[], folder: string): string[] {
  const named = args.indexOf("--workspace-folder");
  if (named === -1) return [...args, "--workspace-folder", folder];
  return args.map((word, index) => (index === named + 1 ? join(folder, word) : word));
}

/** Parses strictly, as editors do; throws for what they would mark. */
export function parseStrictly(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\uFEFF/, ""), errors, { allowTrailingComma: true });
  if (errors.length > 0) throw new Error(`not JSON with comments: ${JSON.stringify(errors)}\n${text}`);
  return value;
}

/** Each comment, with the code before it on its line, without a comma at the end and without the command of the hook. */
export function commentsWithCode(text: string, hasCode: boolean): string[] {
  const scanner = createScanner(text.replace(/^\uFEFF/, " "), false);
  const comments: string[] = [];
  for (;;) {
    scanner.scan();
    if (scanner.getTokenLength() === 0) return comments;
    const from = scanner.getTokenOffset();
    if (text[from] !== "/") continue;
    const start = Math.max(text.lastIndexOf("\n", from), text.lastIndexOf("\r", from)) + 1;
    const code = text
      .slice(start, from)
      .trim()
      .replace(/,$/, "")
      .trim()
      .replace(/("initializeCommand"\s*:).*$/, "$1");
    // An object that opens, and an array that becomes a part of one, keep the comment after their last bracket.
    comments.push(
      `${!hasCode ? "" : /[}\]]$/.test(code) ? "}" : code} ${text.slice(from, from + scanner.getTokenLength())}`,
    );
  }
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of devcontainer.json
const VARIABLE = "${localWorkspaceFolder}";

const NO_DOCKER = "#!/bin/sh\nexit 0\n";

/**
 * What the dev container CLI makes of a configuration, without an engine and without network. The path of the folder is
 * replaced by its variable again.
 */
export async function readWithCli(text: string): Promise<Record<string, unknown>> {
  const copy = mkdtempSync(join(tmpdir(), "registry-login-cli-"));
  try {
    const docker = join(copy, "no-docker");
    writeFileSync(docker, NO_DOCKER);
    chmodSync(docker, 0o755);
    const file = join(copy, ".devcontainer.json");
    writeFileSync(file, text);
    // The program that the package installs.
    const cli = resolve(ROOT, "node_modules/.bin/devcontainer");
    const args = ["read-configuration", "--workspace-folder", copy, "--config", file, "--docker-path", docker];
    const { stdout } = await promisify(execFile)(cli, args, { env: { PATH: process.env.PATH } });
    const { configFilePath: _, ...configuration } = JSON.parse(stdout.replaceAll(copy, VARIABLE)).configuration;
    return configuration;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
