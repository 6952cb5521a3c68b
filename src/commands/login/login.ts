import type { Context, Result } from "../../context.ts";
import { createExchange } from "../../credentials/exchange.ts";
import { readCodespacesSecrets } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { type Options, parseOptions, type RawOptions, readOptionsFile } from "../../discovery/options.ts";
import type { Discovery } from "../../discovery/request.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Deadline, startDeadline } from "../../handshake/deadline.ts";
import { createRedactor } from "../../redact.ts";
import { register, savedState } from "../../registration/register.ts";
import { type Registration, vaultOf } from "../../store/state-file.ts";
import { openStore, type Store } from "../../store/store.ts";
import { describeBug } from "../../terminal/bug.ts";
import { logRootIn, type RootLogin, rootProblem } from "./as-root.ts";
import { type Attempt, attempt } from "./attempt.ts";
import { failuresOf } from "./failures.ts";
import { reportLogin } from "./outcomes.ts";
import { type LoginReport, loginJson, loginText } from "./report.ts";

export interface LoginFlags {
  readonly options: RawOptions;
  readonly json: boolean;
  /** Do not ask a registry again about a credential that an earlier run verified. */
  readonly onlyChanged: boolean;
}

/**
 * Logs in to every registry that is discovered, all at once, and reports. One bad registry never stops the others.
 * @returns exit code 0, or 1 with the option `strict` when a registry is not logged in for sure
 * @throws UserError for options that are wrong
 */
export async function login(context: Context, flags: LoginFlags): Promise<Result> {
  const options = parseOptions(readOptionsFile(context.optionsFile), flags.options);
  try {
    return await run(context, options, flags);
  } catch (error) {
    // A hook that fails keeps the container from starting: a bug of ours must not do that, unless the option strict is set.
    return { stdout: "", stderr: describeBug(error), exitCode: options.strict ? 1 : 0 };
  }
}

async function run(context: Context, options: Options, flags: LoginFlags): Promise<Result> {
  const deadline = startDeadline(options.timeout);
  const discovery = discover(context.env, options, readCodespacesSecrets(context));
  const store = openStore(context);
  const redact = createRedactor(discovery.secrets);

  const root = logRootInIfWanted(context, options, flags, discovery, store, deadline);
  const attempts = await attemptAll(context, options, flags, discovery, store, deadline);

  const isRetained = (login: Registration): boolean => mayStay(login, options, discovery, context);
  const { requests, rejected, skipped } = discovery;
  const hosts = new Set([...requests.map(({ registry }) => registry.host), ...rejected.map(({ host }) => host)]);
  const others = store.registrations.filter((login) => isRetained(login) && !hosts.has(login.host));
  // What went with a restart cannot stay; it is reported once.
  const isServable = (login: Registration): boolean => vaultOf(login) === null || store.credentialOf(login) !== null;
  const clients = await register(
    { ...context, lockWait: deadline.remaining },
    store,
    {
      storage: options.storage,
      added: attempts.flatMap(({ credential, ...login }) => (credential === null ? [] : { ...login, credential })),
      isRetained: (login) => isRetained(login) && isServable(login),
      failed: failuresOf(attempts, rejected, redact),
    },
    deadline.remaining(),
  ).catch(asUserError);

  const retained = others.filter((each) => store.registrations.some(({ host }) => host === each.host));
  const lost = others.filter((each) => !retained.includes(each));
  const report = reportLogin(
    { attempts, rejected, skipped, retained, lost, clients, storage: options.storage },
    redact,
  );
  const complete = root === null ? report : withRoot(report, await root, requests, redact);
  return {
    stdout: flags.json ? loginJson(complete) : loginText(complete, context.terminal),
    exitCode: options.strict && hasFailed(report, options) ? 1 : 0,
  };
}

async function attemptAll(
  context: Context,
  { storage, timeout, verify }: Options,
  { onlyChanged }: LoginFlags,
  { requests }: Discovery,
  store: Store,
  deadline: Deadline,
): Promise<Attempt[]> {
  const { send, now, agentFor, env } = context;
  const exchange = createExchange(store, storage, { env, timeout, now, agentFor });
  return await Promise.all(
    requests.map((request) =>
      attempt(request, {
        exchange,
        renews: storage !== "plaintext",
        send,
        deadline,
        verify,
        onlyChanged,
        savedState: (credential) => savedState(store, storage, { request, credential }, env),
        verifiedBefore: store.registrations.find(({ host }) => host === request.registry.host)?.verifiedAt ?? null,
        now,
      }),
    ),
  );
}

/** Where nobody logs in, root has nothing to log in to either. */
function logRootInIfWanted(
  context: Context,
  { root }: Options,
  flags: LoginFlags,
  { requests, rejected }: Discovery,
  store: Store,
  { remaining }: Deadline,
): Promise<RootLogin> | null {
  const isAnything = requests.length + rejected.length + store.registrations.length > 0;
  if (!root || context.uid === 0 || !isAnything) return null;
  return logRootIn(context, { ...flags, requests, remaining });
}

/** What became of root's login, on one line. */
function withRoot(
  report: LoginReport,
  root: RootLogin,
  requests: Discovery["requests"],
  redact: (text: string) => string,
): LoginReport {
  const problem = rootProblem(root, report.outcomes, requests);
  const note = problem === null ? "root (sudo docker) is logged in too" : `${problem.message}; ${problem.hint}`;
  return { ...report, notes: [...report.notes, redact(note)] };
}

function hasFailed({ outcomes }: LoginReport, { verify }: Options): boolean {
  return outcomes.some(({ outcome }) =>
    outcome === "unreachable" ? verify : outcome === "refused" || outcome === "failed",
  );
}

function asUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

/**
 * May a login of an earlier run stay for which this run has no secrets? A shell without any of the secrets is not a wish to
 * log out: they often reach the hooks only.
 */
function mayStay(
  { identifier, host, source }: Registration,
  { identifiers, githubToken, npm }: Options,
  { secretsSeen }: Discovery,
  { env }: Pick<Context, "env">,
): boolean {
  if (identifiers.size > 0 && !identifiers.has(identifier)) return false;
  if (source !== "github-token") return !secretsSeen;
  const wanted = githubToken === "always" || (githubToken === "auto" && env.CODESPACES === "true");
  return wanted && (npm || host === "ghcr.io");
}
