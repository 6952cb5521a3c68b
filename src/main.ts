import { parseArgs } from "node:util";
import type { Result } from "./commands/context.ts";
import { CODESPACES_SECRETS_FILE } from "./discovery/codespaces.ts";
import { takeOverEnvironment } from "./discovery/hand-over.ts";
import { OPTIONS_FILE, type RawOptions } from "./discovery/options.ts";
import { explain } from "./findings/finding.ts";
import { UserError } from "./findings/user-error.ts";
import { describeBug } from "./report/bug.ts";
import { MEMORY_FOLDERS } from "./vault/location.ts";
import { VERSION } from "./version.ts";

const HELP = `registry-login ${VERSION}: logs container clients in to private registries

Usage: registry-login [login] [options]   log in to every registry whose secrets are in the environment
       registry-login plan [--json]       show what login would do; no network, nothing written

The secrets of a registry: <ID>_CONTAINER_REGISTRY_SERVER, <ID>_CONTAINER_REGISTRY_USER, <ID>_CONTAINER_REGISTRY_PASSWORD

Options (they override the Feature's own):
  --registries "ID=host, ID=host"      servers of identifiers whose _SERVER secret is missing
  --storage memory|disk|plaintext      where credentials are kept (memory)
  --verify, --no-verify                ask each registry whether it takes the credential (yes)
  --strict, --no-strict                exit with 1 when a login fails (no)
  --timeout SECONDS                    time for each registry (10)
  --identifiers "ID, ID"               use only these (all)
  --github-token auto|always|never     when GITHUB_TOKEN logs in to ghcr.io (auto: in Codespaces)
  --npm, --no-npm                      log npm in to npm.pkg.github.com with it (no)
  --root, --no-root                    log root in as well, for sudo docker, where sudo needs no password (no)
  --if-changed                         do not ask again about what an earlier login verified
  --json                               print JSON
  --version, --help
`;

const options = {
  registries: { type: "string" },
  storage: { type: "string" },
  verify: { type: "boolean" },
  "no-verify": { type: "boolean" },
  strict: { type: "boolean" },
  "no-strict": { type: "boolean" },
  timeout: { type: "string" },
  identifiers: { type: "string" },
  "github-token": { type: "string" },
  npm: { type: "boolean" },
  "no-npm": { type: "boolean" },
  root: { type: "boolean" },
  "no-root": { type: "boolean" },
  "if-changed": { type: "boolean" },
  // Internal, for the login as root: the variables come as a JSON object on stdin and replace the environment.
  "environment-from-stdin": { type: "boolean" },
  json: { type: "boolean" },
  version: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const world = {
  env: process.env,
  optionsFile: OPTIONS_FILE,
  codespacesFile: CODESPACES_SECRETS_FILE,
  memoryFolders: MEMORY_FOLDERS,
  launcher: "/usr/local/bin/registry-login",
  uid: process.getuid?.() ?? 0,
  now: Date.now,
};

// Commands are loaded when they are called: clients run the credential helper several times a pull, and it needs
// nothing of what the others load.
async function run(args: string[]): Promise<Result> {
  if (args[0] === "credential-helper") {
    const { credentialHelper } = await import("./commands/credential-helper.ts");
    return await credentialHelper(world, args.slice(1), readStdin);
  }
  const { values, positionals } = parse(args);
  if (values.help === true) return { stdout: HELP, exitCode: 0 };
  if (values.version === true) return { stdout: `${VERSION}\n`, exitCode: 0 };
  const [command = "login", extra] = positionals;
  if (extra !== undefined) {
    throw new UserError(explain("usage", { problem: `there is a word too many behind ${command}` }));
  }
  const flags = { options: rawOptions(values), json: values.json ?? false, onlyChanged: values["if-changed"] ?? false };
  if (command === "plan") {
    const { plan } = await import("./commands/plan.ts");
    return plan(world, flags.options, flags.json);
  }
  if (command !== "login") {
    throw new UserError(explain("usage", { problem: `there is no command ${JSON.stringify(command)}` }));
  }
  const [{ login }, { createSend }] = await Promise.all([import("./commands/login.ts"), import("./handshake/http.ts")]);
  if (values["environment-from-stdin"] === true) takeOverEnvironment(process.env, await readStdin());
  const { close, ...network } = createSend(process.env);
  try {
    return await login({ ...world, ...network }, flags);
  } finally {
    close();
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Its messages quote the flag's name, never a value.
    throw new UserError(explain("usage", { problem: (error as Error).message.split(". ")[0] ?? "" }));
  }
}

function rawOptions(values: ReturnType<typeof parse>["values"]): RawOptions {
  const { registries, storage, timeout, identifiers, "github-token": githubToken } = values;
  const verify = values["no-verify"] ? "false" : values.verify ? "true" : undefined;
  const strict = values["no-strict"] ? "false" : values.strict ? "true" : undefined;
  const npm = values["no-npm"] ? "false" : values.npm ? "true" : undefined;
  const root = values["no-root"] ? "false" : values.root ? "true" : undefined;
  return Object.fromEntries(
    Object.entries({ registries, storage, timeout, verify, strict, identifiers, githubToken, npm, root }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function describeFailure(error: unknown): Result {
  if (!(error instanceof UserError)) return { stdout: "", stderr: describeBug(error), exitCode: 70 };
  return { stdout: "", stderr: `registry-login: ${error.message}\n  -> ${error.hint}\n`, exitCode: 2 };
}

/** Ends at once when all is written: a look-up or a connection that nobody waits for any more must not hold the hook. */
function end({ stdout, stderr = "", exitCode }: Result): void {
  // A reader that went away (`registry-login | head`) is no failure of ours.
  process.stdout.on("error", () => process.exit(exitCode));
  process.stderr.write(stderr, () => process.stdout.write(stdout, () => process.exit(exitCode)));
}

const args = process.argv.slice(2);

// An error that no one could catch is a bug, and a bug of ours must not keep a container from starting.
process.on("uncaughtException", (error) => {
  const isHook = args.includes("--if-changed") && !args.includes("--strict");
  end({ stdout: "", stderr: describeBug(error), exitCode: isHook ? 0 : 70 });
});

end(await run(args).catch(describeFailure));
