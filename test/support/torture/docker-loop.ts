import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { startEmbeddedRegistry } from "../embedded-registry.ts";
import { formsOf } from "../leaks.ts";
import type { TortureHome } from "./home.ts";
import { startProgram } from "./process.ts";
import { MARK } from "./states.ts";

const USER = "bob";

/** `docker login` and `docker logout` in turn, until it is stopped. */
export interface DockerLoop {
  /** @returns how often docker was started, and what it did wrong or printed */
  stop(): Promise<{ readonly turns: number; readonly losses: readonly string[]; readonly leaks: readonly string[] }>;
}

/** Starts one, with a registry of its own. */
export async function startDockerLoop(home: TortureHome): Promise<DockerLoop> {
  const password = `${MARK}-docker`;
  const registry = await startEmbeddedRegistry({ auth: "basic", user: USER, password });
  const env = { ...home.env, DOCKER_CONFIG: dirname(home.config) };
  const losses: string[] = [];
  const leaks: string[] = [];
  let turns = 0;
  let stopped = false;
  const turn = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stdout, stderr } = await startProgram("docker", args, env, password).ended;
    turns++;
    if (exitCode !== 0) losses.push(`docker ${args[0]}: ${stderr}`);
    leaks.push(...formsOf(USER, password).filter((form) => `${stdout}${stderr}`.includes(form)));
  };
  const running = (async () => {
    while (!stopped) {
      await turn(["login", "-u", USER, "--password-stdin", registry.host]);
      await turn(["logout", registry.host]);
    }
    await registry.close();
  })();
  return {
    stop: async () => {
      stopped = true;
      await running;
      return { turns, losses, leaks };
    },
  };
}

/** Which of the entries of others are lost after docker wrote the file; those that it does not know it drops. */
export function findLostValues({ config }: TortureHome): string[] {
  if (!existsSync(config)) return ["config.json is gone"];
  const { auths, credHelpers, HttpHeaders, plugins, psFormat } = JSON.parse(readFileSync(config, "utf8"));
  const found = { quay: auths?.["quay.io"]?.auth, gcr: credHelpers?.["gcr.io"], HttpHeaders, plugins, psFormat };
  const expected = {
    quay: "cGVyc29uOm93bg==",
    gcr: "gcloud",
    HttpHeaders: { "X-Meta-Source": "cli" },
    plugins: { "x-cli-hints": { enabled: "true" } },
    psFormat: "table {{.ID}}\\t{{.Names}}",
  };
  return JSON.stringify(found) === JSON.stringify(expected) ? [] : [`${config}: ${JSON.stringify(found)}`];
}
