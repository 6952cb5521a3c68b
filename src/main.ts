import type { Result } from "./commands/context.ts";
import { CODESPACES_SECRETS_FILE } from "./discovery/codespaces.ts";
import { inherit } from "./discovery/environment.ts";
import { OPTIONS_FILE } from "./discovery/options.ts";
import { UserError } from "./findings/user-error.ts";
import { describeBug } from "./report/bug.ts";
import { MEMORY_FOLDERS } from "./vault/location.ts";

const world = {
  env: { ...process.env },
  optionsFile: OPTIONS_FILE,
  codespacesFile: CODESPACES_SECRETS_FILE,
  memoryFolders: MEMORY_FOLDERS,
  launcher: "/usr/local/bin/registry-login",
  uid: process.getuid?.() ?? 0,
  now: Date.now,
};

// Programs that a library starts, as AWS's credential_process is one, inherit what is left.
inherit(world.env);

// Without `execve` (see below), look-ups of names that nobody answers have to be short themselves. An option of the person's
// own stays. Source: resolv.conf(5).
if (process.execve === undefined) process.env.RES_OPTIONS ??= "timeout:1 attempts:2";

// Loaded when they are called: clients run the credential helper several times a pull, and it needs nothing of what a
// command line needs.
async function run(args: string[]): Promise<Result> {
  if (args[0] === "credential-helper") {
    const { credentialHelper } = await import("./commands/credential-helper.ts");
    return await credentialHelper(world, args.slice(1), readStdin);
  }
  const { runCommandLine } = await import("./cli/run.ts");
  return await runCommandLine(args, world);
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
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => leave(exitCode));
  process.stderr.write(stderr, () => process.stdout.write(stdout, () => leave(exitCode)));
}

/**
 * Node waits for its threads before it exits, and so for the system's look-up of a name, which may take longer than all
 * else together where no name server answers. Another program in this one's place ends at once; Node has that from 22.15 on.
 */
function leave(exitCode: number): never {
  if (process.getActiveResourcesInfo().includes("GetAddrInfoReqWrap")) {
    process.execve?.("/bin/sh", ["sh", "-c", `exit ${exitCode}`], {});
  }
  process.exit(exitCode);
}

const args = process.argv.slice(2);

// An error that no one could catch is a bug, and a bug of ours must not keep a container from starting.
process.on("uncaughtException", (error) => {
  const isHook = args.includes("--if-changed") && !args.includes("--strict");
  end({ stdout: "", stderr: describeBug(error), exitCode: isHook ? 0 : 70 });
});

end(await run(args).catch(describeFailure));
