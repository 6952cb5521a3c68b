import { logout } from "../commands/logout/logout.ts";
import type { Result } from "../context.ts";
import { sentence } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import { redact } from "../secrecy/redact.ts";
import { annotation } from "./annotations.ts";
import { type Job, jobContext } from "./job.ts";
import { literally } from "./protocol.ts";

/**
 * The end of the job: ends the lease of its login, if it has one. A logout that fails is a warning, since the work of the
 * job is done.
 */
export async function logOutJob(job: Job): Promise<Result> {
  const { STATE_lease: lease, STATE_home: home, ...rest } = job.env;
  if (lease === undefined || lease === "") return { stdout: "", exitCode: 0 };
  // A step in between may have set another HOME.
  const env = home === undefined ? rest : { ...rest, HOME: home };
  const context = jobContext(job, env);
  try {
    const { stdout, exitCode } = await logout(context, { hosts: [], all: false, json: false, lease });
    const report = redact(stdout, context.secrets.known());
    return { stdout: exitCode === 0 ? literally(report) : annotation("warning", report), exitCode: 0 };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { stdout: annotation("warning", redact(sentence(error), context.secrets.known())), exitCode: 0 };
  }
}
