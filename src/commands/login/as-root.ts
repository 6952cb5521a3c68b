import * as z from "zod/mini";
import type { Context } from "../../context.ts";
import { AGENT_OPTIONS, flagName, type RawOptions } from "../../discovery/options.ts";
import { isKeyless, type LoginRequest } from "../../discovery/request.ts";
import { cause } from "../../findings/cause.ts";
import { type Explanation, explain } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { findProgram } from "../../platform/executable.ts";
import { parseJson } from "../../platform/json.ts";
import { loadChildProcess } from "../../platform/lazy-modules.ts";
import type { Outcome } from "./outcome.ts";
import { environmentForSudo, environmentToHandOver } from "./root-environment.ts";
import { type Offer, offer } from "./root-socket.ts";

/** How long sudo may take to start the program; it may ask a directory service. */
const SUDO_LIMIT_MS = 10_000;

const report = z.object({
  registries: z.array(z.object({ host: z.nullable(z.string()), outcome: z.string(), detail: z.string() })),
});

/** What root's login reported for each registry, or the finding that prevented it. */
export type RootLogin = z.infer<typeof report>["registries"] | Explanation;

const USABLE: readonly string[] = ["verified", "unreachable", "unchanged"];

interface RootLoginOptions {
  readonly options: RawOptions;
  readonly onlyChanged: boolean;
  readonly requests: readonly LoginRequest[];
  /** Milliseconds for which it may be waited for now. */
  readonly remaining: () => number;
}

/**
 * Logs root in to the same registries, for `sudo docker`: runs the agent once more through sudo, which must not ask for
 * a password. The secrets go through a socket that only this user and root can reach: neither `ps`, nor sudo's policy for
 * the environment, nor its log meets them.
 */
export async function logRootIn(
  { env, launcher, memoryFolders }: Pick<Context, "env" | "launcher" | "memoryFolders">,
  { options, onlyChanged, requests, remaining }: RootLoginOptions,
): Promise<RootLogin> {
  if (findProgram("sudo", env) === null) return explain("root-without-sudo");
  // npm does not read docker's configuration, and nobody asked for root's .npmrc.
  const npm = new Set(requests.flatMap(({ identifier, registry: { kind } }) => (kind === "npm" ? identifier : [])));
  const flags = ["--json", ...rootFlags(options), ...(onlyChanged ? ["--if-changed"] : [])];
  try {
    const output = await runAsRoot(
      { env, launcher, memoryFolders },
      ["login", ...flags],
      environmentToHandOver(env, npm),
      remaining,
    );
    if (output === "refused") return explain("root-sudo-refused");
    const answer = report.safeParse(parseJson(output ?? ""));
    if (answer.success) return answer.data.registries;
    return explain("root-login-failed", { host: "any registry", cause: cause("root-unfinished") });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return explain("root-login-failed", { host: "any registry", cause: error.message });
  }
}

/** Whether root may have a login now: also if its run did not finish in time. */
export function mayBeLoggedIn(root: RootLogin): boolean {
  return "message" in root ? root.code === "root-login-failed" : root.some(({ outcome }) => USABLE.includes(outcome));
}

/**
 * Runs a command of this program as root, with this environment and no other; sudo must not ask for a password.
 * @param remaining milliseconds for which it may be waited for now
 * @returns its output; null where it does not end in time; "refused" where it has not even started
 * @throws UserError where no socket can be offered that other users cannot reach
 */
export async function runAsRoot(
  { env, launcher, memoryFolders }: Pick<Context, "env" | "launcher" | "memoryFolders">,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  remaining: () => number,
): Promise<string | null> {
  const offered = await offer(JSON.stringify(environment), memoryFolders);
  try {
    return await runSudo(env, [launcher, ...args, "--environment-from-socket"], offered, remaining);
  } finally {
    offered.close();
  }
}

/**
 * @param outcomes how the user's own logins ended
 * @param requests what they were made from
 * @returns the finding for the first login that root lacks, or null if root has every login that the user has
 */
export function rootProblem(
  root: RootLogin,
  outcomes: readonly Outcome[],
  requests: readonly LoginRequest[],
): Explanation | null {
  if ("message" in root) return root;
  for (const { host, outcome, kind } of outcomes) {
    if (host === null || kind === "npm" || !USABLE.includes(outcome)) continue;
    const found = root.find((each) => each.host === host);
    if (found !== undefined && USABLE.includes(found.outcome)) continue;
    const keyless = requests.find((request) => request.registry.host === host && isKeyless(request));
    const ofIdentity = keyless === undefined ? null : causeOf(keyless);
    const why = ofIdentity ?? found?.detail ?? cause("root-no-secret");
    return explain("root-login-failed", { host, cause: why });
  }
  return null;
}

function causeOf({ exchange }: LoginRequest): string {
  return exchange === "aws-chain" ? cause("root-aws-settings") : cause("root-identity");
}

/**
 * The flags of root's login: the options of this run's own command line, since root's run reads the Feature's by itself.
 * Those that are not for root are turned off, whatever the Feature's options are.
 */
export function rootFlags(options: RawOptions): string[] {
  return AGENT_OPTIONS.flatMap(([name, { kind, offForRoot }]) => {
    const flag = flagName(name);
    if (offForRoot === true) return [`--no-${flag}`];
    const value = options[name];
    if (value === undefined) return [];
    if (kind.name === "boolean") return [value === "false" ? `--no-${flag}` : `--${flag}`];
    return [`--${flag}=${value}`];
  });
}

/**
 * Runs a program as root.
 * @returns see {@link runAsRoot}
 */
function runSudo(
  env: Context["env"],
  command: readonly string[],
  { path, taken }: Offer,
  remaining: () => number,
): Promise<string | null> {
  return new Promise((resolve) => {
    // -n: never ask. The answer is for us alone, so nothing of it reaches the terminal.
    const child = loadChildProcess().spawn("sudo", ["-n", ...command], {
      env: environmentForSudo(env),
      stdio: ["pipe", "pipe", "ignore"],
    });
    let isStarted = false;
    const end = (output: string | null): void => {
      clearTimeout(timer);
      resolve(isStarted ? output : "refused");
    };
    // A user may not end what runs as root: who hangs is left alone.
    let timer = setTimeout(() => end(null), Math.min(SUDO_LIMIT_MS, remaining()));
    taken.then(() => {
      isStarted = true;
      clearTimeout(timer);
      timer = setTimeout(() => end(null), remaining());
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", () => end(null));
    child.on("close", () => end(Buffer.concat(chunks).toString("utf8")));
    // A sudo that ends without reading is an answer, too.
    child.stdin.on("error", () => undefined).end(`${path}\n`);
  });
}
