import { notesOf } from "../../clients/surroundings.ts";
import { isUsed } from "../../clients/visibility.ts";
import type { Context, Result } from "../../context.ts";
import { mergeSources, readCodespacesSecrets, secretsFileTime } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { type Options, parseOptions, type RawOptions, readOptions } from "../../discovery/options.ts";
import type { Discovery } from "../../discovery/request.ts";
import type { Explanation } from "../../findings/finding.ts";
import { sentence } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Deadline, startDeadline } from "../../handshake/deadline.ts";
import { register } from "../../registration/register.ts";
import type { ClientsReport } from "../../registration/update-clients.ts";
import { redact } from "../../secrecy/redact.ts";
import { savedSecrets } from "../../store/known-logins.ts";
import { isLeased } from "../../store/leases.ts";
import { openStore } from "../../store/open-store.ts";
import { type Registration, vaultOf } from "../../store/state.ts";
import type { Store } from "../../store/store.ts";
import { describeBug } from "../../terminal/bug.ts";
import { clientsWorldOf } from "../clients-world.ts";
import { logRootIn, mayBeLoggedIn, type RootLogin, rootProblem } from "./as-root.ts";
import type { Attempt } from "./attempt.ts";
import { absenceOf, type Decision, decide, isRemovedBy } from "./decide.ts";
import { failuresOf, rejectionOf } from "./failures.ts";
import { reportLogin } from "./outcomes.ts";
import { type LoginReport, loginJson, loginText, unchangedText } from "./report.ts";
import { rotatedOnly } from "./rotated.ts";
import { type Placed, tryLogins } from "./try-logins.ts";
import { findObstacles } from "./use-by-clients.ts";

export interface LoginFlags {
  readonly options: RawOptions;
  readonly json: boolean;
  /** Do not ask a registry again about a credential that an earlier run verified. */
  readonly onlyChanged: boolean;
  /** Only renew logins from the secrets file of the codespace, which has changed; a client waits for one of them. */
  readonly onlyRotated?: boolean;
  /** Replace logins that persons made. */
  readonly replaces?: boolean;
  /**
   * The id of the run that needs the logins until it ends with a logout of the same lease. Without one they stay until
   * somebody logs out.
   */
  readonly lease?: string | null;
}

/** What a login run came to, before it is printed. */
export interface LoginResult {
  readonly report: LoginReport;
  /** One line instead of the report, where an earlier run has printed the same. */
  readonly brief: string | null;
  /** The lines for the report of bugs of ours. */
  readonly bugs: string;
  /** What clients present now: passwords, and the tokens that were made. */
  readonly secrets: readonly string[];
  /** Whether a registry is not logged in for sure. */
  readonly hasFailed: boolean;
}

/**
 * Logs in to every registry that is discovered, all at once, and reports. One bad registry never stops the others.
 * @returns exit code 0, or 1 with the option `strict` when a registry is not logged in for sure
 * @throws UserError for options that are wrong
 */
export async function login(context: Context, flags: LoginFlags): Promise<Result> {
  const options = parseOptions(readOptions(context), flags.options);
  try {
    const { report, brief, bugs, hasFailed } = await logInAll(context, options, flags);
    return {
      stdout: flags.json ? loginJson(report) : (brief ?? loginText(report, context.terminal)),
      stderr: bugs,
      exitCode: options.strict && hasFailed ? 1 : 0,
    };
  } catch (error) {
    // A hook that fails keeps the container from starting: a bug of ours must not do that, unless the option strict is set.
    return { stdout: "", stderr: describeBug(error), exitCode: options.strict ? 1 : 0 };
  }
}

/** Logs in, and returns the report as values. */
export async function logInAll(context: Context, options: Options, flags: LoginFlags): Promise<LoginResult> {
  const deadline = startDeadline(options.timeout);
  const secretsTime = secretsFileTime(context);
  const codespaces = readCodespacesSecrets(context);
  const store = openStore(context);
  const everything = discover(context.env, options, codespaces);
  const discovery = flags.onlyRotated === true ? rotatedOnly(everything, store) : everything;
  // Before this run replaces some of them.
  context.secrets.add([...savedSecrets(store)]);

  const { env: world } = mergeSources(context.env, codespaces, (identifier) => options.registries.has(identifier));
  const root = logRootInIfWanted(context, options, flags, discovery, store, deadline);
  const now = Math.floor(context.now() / 1000);
  const about = {
    // The job that needs a login may have other options.
    isRevoked: (login: Registration): boolean => !isLeased(login, now) && isRemovedBy(login, options, discovery),
    isLost: (login: Registration): boolean => isLost(store, login),
  };
  const { requests, rejected } = discovery;
  const { onlyChanged } = flags;
  const clientsWorld = clientsWorldOf(context, deadline.remaining);
  const run = { context, options, store, deadline, onlyChanged, world, ...about };
  const { place, usesStores } = await tryLogins(requests, clientsWorld, flags.replaces === true, run);
  const save = async (): Promise<Saved> => {
    const placed = await place();
    const { attempts, asked, foreignHosts } = placed;
    const decision = decide(store.registrations, discovery, attempts, about);
    const masked = (text: string): string => redact(text, context.secrets.known());
    const failures = failuresOf(asked, rejected, masked, context.machine !== null);
    // A pull with changed secrets is not a start of the container; and a host starts those of other repositories, too.
    const isStart = onlyChanged && flags.onlyRotated !== true && context.machine === null;
    const startedAt = isStart ? now : null;
    const clients = await register(
      { ...clientsWorld, now: context.now },
      store,
      {
        added: attempts.flatMap(({ credential, placement, ...login }) =>
          credential === null || placement === null ? [] : { ...login, credential, placement },
        ),
        isRetained: (login) => !about.isRevoked(login) && !foreignHosts.has(login.host),
        foreignHosts,
        replaces: flags.replaces === true,
        rejectedFor: ({ host }) => rejectionOf(host, asked, masked, context.machine !== null),
        absentSince: (login) => absenceOf(login, discovery, startedAt),
        failed: failures.filter(({ host }) => decision.mayFail(host)),
        lease: flags.lease == null ? null : { id: flags.lease, at: now, keptHosts: keptHostsOf(attempts) },
      },
      deadline.remaining(),
    ).catch(asUserError);
    return { placed, decision, clients };
  };
  const saved = usesStores ? await store.withCredentialStores(save, deadline.remaining()) : await save();
  const { placed, decision, clients } = saved;
  const { attempts, isPending } = placed;
  if (secretsTime !== null && !isPending) store.markSecrets(secretsTime);

  const obstacles = await findObstacles(context, store, clientsWorld.stores);
  // A host has the logins of other repositories; `status` shows them.
  const others = context.machine === null ? decision : { ...decision, retained: [], lost: [] };
  const ofRegistries = reportLogin({ ...others, attempts, rejected, clients, obstacles });
  const report = withInputs(ofRegistries, context);
  const ofRoot = await root;
  if (ofRoot !== null && mayBeLoggedIn(ofRoot)) await store.noteRootLogin().catch(asUserError);
  const problem = ofRoot === null ? null : rootProblem(ofRoot, report.outcomes, requests);
  const complete = root === null ? report : withRoot(report, problem);
  // What stays without its secrets is not as at the start before.
  const isBrief = onlyChanged && problem === null && others.retained.length + others.lost.length === 0;
  const brief = isBrief ? unchangedText(report) : null;
  return {
    report: complete,
    brief,
    bugs: attempts.map(({ bug }) => bug ?? "").join(""),
    secrets: attempts.flatMap(({ credential }) => credential?.secret ?? []),
    hasFailed: hasFailed(report, options, context.machine !== null) || hasWrongInput(context),
  };
}

/** What a run has saved. */
interface Saved {
  readonly placed: Placed;
  readonly decision: Decision;
  readonly clients: ClientsReport;
}

/** The hosts at which a saved login stays in use, since the new one is worse. */
function keptHostsOf(attempts: readonly Attempt[]): Set<string> {
  return new Set(attempts.flatMap(({ kept }) => kept?.host ?? []));
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
function withRoot(report: LoginReport, problem: Explanation | null): LoginReport {
  const note = problem === null ? "root (sudo docker) is logged in too" : sentence(problem);
  return { ...report, notes: [...report.notes, note] };
}

/** What is wrong with the files and programs that the secrets and options come from, on one line each. */
function withInputs(report: LoginReport, context: Context): LoginReport {
  const notes = notesOf(context).map(({ finding }) => sentence(finding));
  return { ...report, notes: [...notes, ...report.notes] };
}

/** A registry may be missing in the report because of it. */
function hasWrongInput(context: Context): boolean {
  return notesOf(context).some(({ isWrong }) => isWrong);
}

/** @param isHost whether a login counts that docker does not use: in a container, its start should not depend on that */
function hasFailed({ outcomes }: LoginReport, { verify }: Options, isHost: boolean): boolean {
  return outcomes.some(({ outcome, obstacles = [] }) =>
    outcome === "unreachable"
      ? verify
      : outcome === "refused" || outcome === "failed" || (isHost && !isUsed(obstacles)),
  );
}

function asUserError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  throw error;
}

/** Was the credential of this login in memory, and lost with a restart? */
function isLost(store: Store, login: Registration): boolean {
  return vaultOf(login) !== null && store.credentialOf(login) === null;
}
