import { type Environment, withoutSecrets } from "../../platform/environment.ts";

const TIME_LIMIT_MS = 5000;

/**
 * Does docker's CLI read DOCKER_AUTH_CONFIG? It does since version 28.3. One that cannot be asked is taken for a new one,
 * since other programs contain docker's code.
 */
export async function readsAuthVariable(env: Environment): Promise<boolean> {
  const { execFile } = await import("node:child_process");
  const text = await new Promise<string>((resolve) => {
    const options = { env: { ...withoutSecrets(env) }, timeout: TIME_LIMIT_MS, killSignal: "SIGKILL" } as const;
    execFile("docker", ["--version"], options, (_, stdout) => resolve(stdout));
  });
  const [, major, minor] = /^Docker version ([0-9]{1,4})\.([0-9]{1,4})\./.exec(text) ?? [];
  return major === undefined || Number(major) > 28 || (Number(major) === 28 && Number(minor) >= 3);
}
