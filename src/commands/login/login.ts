import type { Context, Result } from "../../context.ts";
import { createExchange } from "../../credentials/exchange.ts";
import { mergeSources, readCodespacesSecrets, secretsFileTime } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { type Options, parseOptions, type RawOptions, readOptionsFile } from "../../discovery/options.ts";
import type { Discovery, LoginRequest } from "../../discovery/request.ts";
import type { Explanation } from "../../findings/finding.ts";
import { UserError } from "../../findings/user-error.ts";
import { type Deadline, startDeadline } from "../../handshake/deadline.ts";
import { verify } from "../../handshake/verify.ts";
import type { Environment } from "../../platform/environment.ts";
import { register, savedState } from "../../registration/register.ts";
import { savedCredential } from "../../registration/saved-credential.ts";
import { redact } from "../../secrecy/redact.ts";
import { savedSecrets } from "../../store/known-logins.ts";
import { type Registration, vaultOf } from "../../store/state-file.ts";
import { openStore, type Store } from "../../store/store.ts";
import { describeBug } from "../../terminal/bug.ts";
import { logRootIn, mayBeLoggedIn, type RootLogin, rootProblem } from "./as-root.ts";
import { type Attempt, attempt, withoutTrying } from "./attempt.ts";
import { failuresOf } from "./failures.ts";
import type { SavedAlternative } from "./keep-saved.ts";
import { reportLogin } from "./outcomes.ts";
import { type LoginReport, loginJson, loginText, unchangedText } from "./report.ts";
import { rotatedOnly } from "./rotated.ts";
import { findObstacles, whyUnusable } from "./use-by-clients.ts";

export interface LoginFlags {
  readonly options: RawOptions;
  readonly json: boolean;
  /** Do not ask a registry again about a credential that an earlier run verified. */
  readonly onlyChanged: boolean;
  /** Only renew logins from the secrets file of the codespace, which has changed; a client waits for one of them. */
  readonly onlyRotated?: boolean;
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
  const secretsTime = secretsFileTime(context);
  const codespaces = readCodespacesSecrets(context);
  const store = openStore(context);
  const everything = discover(context.env, options, codespaces);
  const discovery = flags.onlyRotated === true ? rotatedOnly(everything, store) : everything;
  // Before this run replaces some of them.
  context.secrets.add([...savedSecrets(store)]);

  const { env: world } = mergeSources(context.env, codespaces, (identifier) => options.registries.has(identifier));
  const root = logRootInIfWanted(context, options, flags, discovery, store, deadline);
  const isRevoked = (login: Registration): boolean => isRemovedBy(login, options, discovery);
  const { requests, rejected, skipped } = discovery;
  const blocked = requests.flatMap((request) => {
    const finding = whyUnusable(context.env, request, options.storage);
    return finding === null ? [] : withoutTrying(request, finding);
  });
  const possible = requests.filter((request) => !blocked.some((each) => each.request === request));
  const tried = await attemptAll(context, options, flags, { requests: possible, world, isRevoked }, store, deadline);
  const attempts = [...tried, ...blocked];

  const hosts = new Set(requests.map(({ registry }) => registry.host));
  const kept = new Set(attempts.map((each) => each.kept?.host));
  const others = store.registrations.filter(({ host }) => !hosts.has(host));
  // A set that is wrong does not take the place of a login that works.
  const failed = failuresOf(tried, rejected, (text) => redact(text, context.secrets.known())).filter(
    ({ host }) =>
      !kept.has(host) &&
      !others.some((login) => login.host === host && login.failure === undefined && !isLost(store, login)),
  );
  // A pull with changed secrets is not a start of the container.
  const isStart = flags.onlyChanged && flags.onlyRotated !== true;
  const startedAt = isStart ? Math.floor(context.now() / 1000) : null;
  // As it is before this run writes.
  const revoked = store.registrations.filter(isRevoked);
  const clients = await register(
    { ...context, lockWait: deadline.remaining },
    store,
    {
      storage: options.storage,
      added: attempts.flatMap(({ credential, ...login }) => (credential === null ? [] : { ...login, credential })),
      isRetained: (login) => !isRevoked(login),
      absentSince: (login) => absenceOf(login, discovery, startedAt),
      failed,
    },
    deadline.remaining(),
  ).catch(asUserError);
  // A new secret that could not be checked is tried again at the next pull.
  const isUnchecked = tried.some(({ kept, verdict }) => kept !== null && verdict.code === "new-login-unchecked");
  const isPending = isUnchecked || blocked.length > 0;
  if (secretsTime !== null && !isPending) store.markSecrets(secretsTime);

  const isLoggedIn = (identifier: string, host: string): boolean =>
    attempts.some(
      ({ request, credential }) =>
        credential !== null && request.identifier === identifier && request.registry.host === host,
    );
  const wrong = new Set(rejected.map(({ host }) => host));
  const staying = others.filter((login) => !isRevoked(login) && !wrong.has(login.host));
  const retained = staying.filter((login) => !isLost(store, login));
  // A saved login that stays needs no secrets here.
  const skippedNow = skipped.filter(
    (each) => !(each.isUnset && retained.some(({ identifier }) => identifier === each.identifier)),
  );
  const report = reportLogin({
    attempts,
    rejected,
    skipped: skippedNow,
    retained,
    lost: staying.filter((login) => isLost(store, login)),
    removed: revoked.filter(({ identifier, host }) => !isLoggedIn(identifier, host)),
    clients,
    obstacles: await findObstacles(context.env, store),
    storage: options.storage,
  });
  const ofRoot = await root;
  if (ofRoot !== null && mayBeLoggedIn(ofRoot)) await store.noteRootLogin().catch(asUserError);
  const problem = ofRoot === null ? null : rootProblem(ofRoot, report.outcomes, requests);
  const complete = root === null ? report : withRoot(report, problem);
  // What stays without its secrets is not as at the start before.
  const isBrief = flags.onlyChanged && problem === null && staying.length === 0;
  const brief = isBrief ? unchangedText(report) : null;
  return {
    stdout: flags.json ? loginJson(complete) : (brief ?? loginText(complete, context.terminal)),
    stderr: attempts.map(({ bug }) => bug ?? "").join(""),
    exitCode: options.strict && hasFailed(report, options) ? 1 : 0,
  };
}

/** Whether a run removes a login of an earlier one for lack of secrets. */
type IsRevoked = (login: Registration) => boolean;

async function attemptAll(
  context: Context,
  { storage, timeout, verify: verifies }: Options,
  { onlyChanged }: LoginFlags,
  {
    requests,
    world,
    isRevoked,
  }: Pick<Discovery, "requests"> & {
    readonly world: Environment;
    readonly isRevoked: IsRevoked;
  },
  store: Store,
  deadline: Deadline,
): Promise<Attempt[]> {
  const { send, now, env, secrets } = context;
  const exchange = createExchange(store, storage, { timeout, now, env, send });
  return await Promise.all(
    requests.map((request) =>
      attempt(request, {
        exchange: async (wanted) => {
          const credential = await exchange(wanted);
          secrets.add([credential.secret]);
          return credential;
        },
        renews: storage !== "plaintext",
        send,
        deadline,
        verify: verifies,
        onlyChanged,
        savedState: (credential) => savedState(store, storage, { request, credential }, env),
        saved: savedAlternative(context, store, request, { deadline, isRevoked }),
        world,
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
function withRoot(report: LoginReport, problem: Explanation | null): LoginReport {
  const note = problem === null ? "root (sudo docker) is logged in too" : `${problem.message}; ${problem.hint}`;
  return { ...report, notes: [...report.notes, note] };
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

/** The login that an earlier run saved for the request's host; null also where it was lost, or is the cause of a failure. */
function savedAlternative(
  context: Context,
  store: Store,
  { registry, user, password }: LoginRequest,
  { deadline, isRevoked }: { readonly deadline: Deadline; readonly isRevoked: IsRevoked },
): SavedAlternative | null {
  const registration = store.registrations.find(({ host }) => host === registry.host);
  if (registration === undefined || registration.failure !== undefined || isLost(store, registration)) return null;
  return {
    registration,
    isRevoked: isRevoked(registration),
    credential: async () => {
      const credential = await savedCredential(context, store, registration);
      if (credential !== null) context.secrets.add([credential.secret]);
      const isTheSame = credential?.username === user && credential?.secret === password;
      return isTheSame ? null : credential;
    },
    // Who runs this through sudo may have given a proxy, and its certificate, that would read root's own secret.
    verify:
      context.onBehalfOf === undefined
        ? (credential) => verify(registry, credential, context.send, deadline.handshake())
        : null,
  };
}

/**
 * Since when starts of the container lack the secrets of a login that stays. A set that is complete is there, also one that
 * does not work, or that a different set for its host comes before.
 * @param startedAt when this start was, in epoch seconds; null for a run that is none, which says nothing
 */
function absenceOf(
  { identifier, absentSince }: Registration,
  { requests, skipped }: Discovery,
  startedAt: number | null,
): number | null {
  if (startedAt === null) return absentSince ?? null;
  const complete = [...requests, ...skipped.filter(({ missing }) => missing.length === 0)];
  return complete.some((each) => each.identifier === identifier) ? null : (absentSince ?? startedAt);
}

/** Was the credential of this login in memory, and lost with a restart? */
function isLost(store: Store, login: Registration): boolean {
  return vaultOf(login) !== null && store.credentialOf(login) === null;
}

/**
 * Does this run remove a login for which it has no secrets? Absence alone removes nothing: hooks and shells often have only
 * a part of the secrets, or lack CODESPACES=true. The secrets file of a codespace is the list of what the codespace may
 * have; and whether a GITHUB_TOKEN is used, which is saved nowhere, is said by the options.
 */
function isRemovedBy(
  { identifier, host, source }: Registration,
  { githubToken, npm }: Options,
  { codespacesIdentifiers }: Discovery,
): boolean {
  if (source === "codespaces") return codespacesIdentifiers !== null && !codespacesIdentifiers.has(identifier);
  if (source !== "github-token") return false;
  return githubToken === "never" || !(npm || host === "ghcr.io");
}
