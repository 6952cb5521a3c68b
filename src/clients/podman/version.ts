import type { Environment } from "../../platform/environment.ts";
import { findAbsoluteProgram } from "../../platform/executable.ts";
import { runProgram } from "../../platform/run-program.ts";

const TIME_LIMIT_MS = 5000;

/**
 * The first versions that read only the file that a variable names.
 * Source: containers/image pull request 1751 (release 5.24)
 */
const SINCE = { podman: [4, 4], buildah: [1, 29], skopeo: [1, 11] } as const;

/** Do podman, buildah and skopeo read only the file that a variable names? One that cannot be asked is taken for a new one. */
export async function readsNamedFileAlone(env: Environment): Promise<boolean> {
  for (const name of ["podman", "buildah", "skopeo"] as const) {
    const program = findAbsoluteProgram(name, env);
    if (program === null) continue;
    const { stdout } = await runProgram(program, ["--version"], { env, limitMs: TIME_LIMIT_MS });
    const [, major, minor] = /^[a-z]+ version ([0-9]{1,4})\.([0-9]{1,4})\./.exec(stdout) ?? [];
    if (major === undefined) return true;
    const [sinceMajor, sinceMinor] = SINCE[name];
    return Number(major) > sinceMajor || (Number(major) === sinceMajor && Number(minor) >= sinceMinor);
  }
  return true;
}
