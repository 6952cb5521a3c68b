import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildAction } from "../action.ts";
import type { Case } from "./case.ts";
import type { Installation } from "./installation.ts";
import { logInOneByOne, OTHER_LOGIN } from "./login.ts";
import { mustRun } from "./measure.ts";
import { countRequests, portsOf, secretsFor, withRegistries } from "./registries.ts";

const REGISTRIES = 10;
/**
 * What docker/login-action starts by its documentation: a Node for the step and one for the end of the job, and for each registry
 * `docker login` and `docker logout`. It does not run here. With one step per registry, each has its own two Nodes; with the
 * input `registry-auth`, one step has a list of registries.
 * Source: https://github.com/docker/login-action#usage, and `runs` in its action.yml
 */
const PER_STEP = 2;
const PER_REGISTRY = 2;

const COUNTER = join(import.meta.dirname, "count-starts.cjs");

/** A job of GitHub Actions: how many programs are started, and how many requests registries get, until it is logged out again. */
export const actionCase: Case = (installation) =>
  withRegistries(REGISTRIES, async (registries) => {
    const folder = join(installation.folder, "action");
    await buildAction(folder);
    const ports = portsOf(registries);
    const starts = await runJob(installation, folder, ports);
    const requests = countRequests(registries);
    await logInOneByOne(
      installation,
      ports.map((port) => ({ port })),
    );
    const theirs = countRequests(registries) - requests;
    const name = `action, ${REGISTRIES} registries`;
    const against = "docker/login-action (documented)";
    const unit = "starts";
    return [
      {
        name,
        unit,
        ours: starts,
        theirs: REGISTRIES * (PER_STEP + PER_REGISTRY),
        against,
        atMost: PER_STEP / (PER_STEP + REGISTRIES * PER_REGISTRY),
      },
      {
        name,
        unit,
        ours: starts,
        theirs: PER_STEP + REGISTRIES * PER_REGISTRY,
        against: `${against}, registry-auth`,
        atMost: null,
      },
      { name, unit: "requests", ours: requests, theirs, against: "its docker login (measured)", atMost: null },
    ];
  });

/**
 * Runs the step and the end of a job as GitHub's runner does.
 * @returns how many programs were started
 */
async function runJob(installation: Installation, action: string, ports: readonly number[]): Promise<number> {
  const home = installation.home();
  const [state, output, starts] = ["state", "output", "starts"].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  const config = join(home, ".docker", "config.json");
  mkdirSync(join(home, ".docker"));
  writeFileSync(config, JSON.stringify({ auths: OTHER_LOGIN }));
  const env = installation.env(home, {
    GITHUB_ACTIONS: "true",
    GITHUB_STATE: state,
    GITHUB_OUTPUT: output,
    INPUT_SECRETS: JSON.stringify(secretsFor(ports)),
    INPUT_STORAGE: "native",
    INPUT_STRICT: "true",
    INPUT_LOGOUT: "true",
    NODE_OPTIONS: `--require ${COUNTER}`,
    COUNTED_STARTS: starts,
  });
  await mustRun({ command: [installation.node, join(action, "main.cjs")], env });
  if (loginsIn(config) !== ports.length) throw new Error("the action has not logged in everywhere");
  const saved = readFileSync(state, "utf8").matchAll(/^(\w+)<<(\S+)\n(.*?)\n\2$/gms);
  const states = Object.fromEntries([...saved].map(([, name, , value = ""]) => [`STATE_${name}`, value]));
  await mustRun({ command: [installation.node, join(action, "post.cjs")], env: { ...env, ...states } });
  if (loginsIn(config) !== 0) throw new Error("the action has not logged out");
  const count = readFileSync(starts, "utf8").split("\n").length - 1;
  rmSync(home, { recursive: true });
  return count;
}

/** The logins in docker's file, except the one that was there before. */
function loginsIn(config: string): number {
  return Object.keys(JSON.parse(readFileSync(config, "utf8")).auths).length - Object.keys(OTHER_LOGIN).length;
}
