import type { Environment } from "../../platform/environment.ts";
import { findAbsoluteProgram } from "../../platform/executable.ts";
import { runProgram } from "../../platform/run-program.ts";

const TIME_LIMIT_MS = 5000;

/**
 * Does docker's CLI read DOCKER_AUTH_CONFIG? It does since version 28.3. One that cannot be asked is taken for a new one,
 * since other programs contain docker's code.
 */
export async function readsAuthVariable(env: Environment): Promise<boolean> {
  const docker = findAbsoluteProgram("docker", env);
  const settings = { env, limitMs: TIME_LIMIT_MS };
  const text = docker === null ? "" : (await runProgram(docker, ["--version"], settings)).stdout;
  const [, major, minor] = /^Docker version ([0-9]{1,4})\.([0-9]{1,4})\./.exec(text) ?? [];
  return major === undefined || Number(major) > 28 || (Number(major) === 28 && Number(minor) >= 3);
}
