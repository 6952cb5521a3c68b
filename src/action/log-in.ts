import { withNetwork } from "../cli/network.ts";
import { type LoginResult, logInAll } from "../commands/login/login.ts";
import { type LoginReport, loginText } from "../commands/login/report.ts";
import type { OfflineContext, Result } from "../context.ts";
import { type Options, parseOptions, type RawOptions } from "../discovery/options.ts";
import { explain, sentence } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { randomHex } from "../platform/crypto.ts";
import { redact } from "../secrecy/redact.ts";
import { describeBug } from "../terminal/bug.ts";
import { annotation, annotations, isLoggedIn, type Level } from "./annotations.ts";
import { readInputs, readSecrets } from "./inputs.ts";
import { type Job, jobContext } from "./job.ts";
import { literally, maskCommands, saveState, setOutputs } from "./protocol.ts";

/**
 * The step itself: logs the job in. The values of the secrets are masked before anything else is printed, and the tokens
 * that were made before the report is.
 * @returns exit code 1 where a login failed, unless the input strict is false, and where an input is not valid
 */
export async function logInJob(job: Job): Promise<Result> {
  try {
    const { env, masked } = readSecrets(job.env);
    await job.write(maskCommands(masked));
    const { options: raw, strict, logout } = readInputs(job.env);
    const options = readOptions(raw);
    const lease = logout ? randomHex(16) : null;
    // Before the login: a run that is killed in the middle is cleaned up as well.
    if (lease !== null) saveState(job.env, { lease, ...(env.HOME === undefined ? {} : { home: env.HOME }) });
    const level = strict ? "error" : "warning";
    return await logIn(job, jobContext(job, env), { options, lease, level });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { stdout: annotation("error", sentence(error)), exitCode: 1 };
  }
}

interface Wanted {
  readonly options: Options;
  readonly lease: string | null;
  /** How a failed login is reported. */
  readonly level: Level;
}

async function logIn(job: Job, world: OfflineContext, { options, lease, level }: Wanted): Promise<Result> {
  const exitCode = level === "error" ? 1 : 0;
  try {
    return await withNetwork(world, new Set(), async (context) => {
      const flags = { options: {}, json: false, onlyChanged: false, replaces: true, lease };
      const { report, bugs, secrets, hasFailed } = await logInAll(context, options, flags);
      await job.write(maskCommands(secrets));
      const hosts = report.outcomes.filter(isLoggedIn).flatMap(({ host }) => host ?? []);
      setOutputs(job.env, { registries: [...new Set(hosts)].join("\n") });
      const known = context.secrets.known();
      return {
        stdout: `${literally(redact(loginText(report, context.terminal), known))}${problems(report, level, known)}`,
        stderr: bugs,
        exitCode: hasFailed ? exitCode : 0,
      };
    });
  } catch (error) {
    if (error instanceof UserError) throw error;
    return { stdout: "", stderr: describeBug(error), exitCode };
  }
}

function problems(report: LoginResult["report"], level: Level, known: ReadonlySet<string>): string {
  if (isNothing(report)) return annotation("warning", sentence(explain("action-no-registry")));
  return annotations(report, level, (text) => redact(text, known));
}

function isNothing({ outcomes, skipped }: LoginReport): boolean {
  return outcomes.length + skipped.length === 0;
}

/** Options in a workflow are inputs. */
function readOptions(raw: RawOptions): Options {
  try {
    return parseOptions({}, raw);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "option-invalid") throw error;
    throw new UserError(explain("action-input", { problem: error.message }));
  }
}
