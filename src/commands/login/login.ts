import type { Context, Result } from "../../context.ts";
import { createObtain } from "../../credentials/exchange-request.ts";
import { readCodespacesSecrets } from "../../discovery/codespaces.ts";
import { discover } from "../../discovery/discover.ts";
import { type Options, parseOptions, type RawOptions, readOptionsFile } from "../../discovery/options.ts";
import type { Discovery } from "../../discovery/request.ts";
import { UserError } from "../../findings/user-error.ts";
import { startLimits } from "../../handshake/deadline.ts";
import { createRedactor } from "../../redact.ts";
import { isKnown, keep } from "../../registration/register.ts";
import type { Registration } from "../../store/state-file.ts";
import { lockEarlier, readEarlier, stillUsable } from "../../store/store.ts";
import { describeBug } from "../../terminal/bug.ts";
import { logRootIn, type RootLogin, rootTrouble } from "./as-root.ts";
import { attempt } from "./attempt.ts";
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
    // A hook that fails keeps the container from starting: a bug of ours must not do that unasked.
    return { stdout: "", stderr: describeBug(error), exitCode: options.strict ? 1 : 0 };
  }
}

async function run(context: Context, options: Options, flags: LoginFlags): Promise<Result> {
  const { storage, timeout, verify } = options;
  const limits = startLimits(timeout);
  const discovery = discover(context.env, options, readCodespacesSecrets(context.codespacesFile));
  const earlier = readEarlier(context.env);

  // Where nobody logs in, root has nothing to log in to either.
  const anything = discovery.requests.length + discovery.rejected.length + earlier.state.registered.length > 0;
  const root =
    options.root && context.uid !== 0 && anything
      ? logRootIn(context, { ...flags, requests: discovery.requests, left: limits.left })
      : null;

  const obtain = createObtain(context, storage, { timeout, now: context.now, agentFor: context.agentFor });
  const attempts = await Promise.all(
    discovery.requests.map((request) =>
      attempt(request, {
        obtain,
        renews: storage !== "plaintext",
        send: context.send,
        limits,
        verify,
        onlyChanged: flags.onlyChanged,
        known: (credential) => isKnown(earlier, storage, request, credential, context.env),
        verifiedBefore: earlier.state.registered.find(({ host }) => host === request.registry.host)?.verifiedAt ?? null,
        now: context.now,
      }),
    ),
  );

  // A shell without any of the secrets is no wish to log out: secrets often reach the hooks only.
  const others = earlier.state.registered.filter(
    (login) =>
      !discovery.requests.some(({ registry }) => registry.host === login.host) &&
      mayStay(login, options, discovery, context),
  );
  const carried = stillUsable(earlier).filter((each) => others.includes(each));
  const lost = others.filter((each) => !carried.includes(each));
  const kept = attempts.flatMap(({ request, credential, verified, verifiedAt }) =>
    credential === null ? [] : [{ request, credential, verified, verifiedAt }],
  );
  const redact = createRedactor(discovery.secrets);
  const failures = failuresOf(attempts, discovery.rejected, redact);
  // Two logins at once must not make a vault each; where there is nothing to write down, no folder is made either.
  const nothingThere = kept.length + failures.length + earlier.state.registered.length === 0;
  const world = { ...context, lockWait: limits.left };
  const written = await (nothingThere
    ? keep(world, earlier, storage, kept, carried, failures)
    : lockEarlier(context.env, (latest) => keep(world, latest, storage, kept, carried, failures), limits.left())
  ).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });

  const report = reportLogin(
    { attempts, rejected: discovery.rejected, skipped: discovery.skipped, carried, lost, written, storage },
    redact,
  );
  const told = root === null ? report : { ...report, notes: [...report.notes, redact(tellRoot(await root, report))] };
  const failed = report.outcomes.some(({ outcome }) =>
    outcome === "unreachable" ? verify : outcome === "refused" || outcome === "failed",
  );
  return {
    stdout: flags.json ? loginJson(told) : loginText(told, context.terminal),
    exitCode: options.strict && failed ? 1 : 0,
  };
}

/** What became of root's login, on one line. */
function tellRoot(login: RootLogin, { outcomes }: LoginReport): string {
  const trouble = rootTrouble(login, outcomes);
  return trouble === null ? "root (sudo docker) is logged in too" : `${trouble.message}; ${trouble.hint}`;
}

/** May a login of an earlier run stay that this run has no secrets for? */
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
