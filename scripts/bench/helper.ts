import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../../test/support/engine.ts";
import { type Aws, ECR_HOST, ecrLogin, logInToEcr, startAws } from "./aws.ts";
import type { Case } from "./case.ts";
import { type Installation, removeLogin } from "./installation.ts";
import { compare, mustRun, type Program, repeat, TURNS } from "./measure.ts";
import { removeToken } from "./renewal.ts";

const RUNS = 25;
/** Milliseconds to a close region of AWS and back. */
const ROUND_TRIP = 20;
/** The most that a `get` that starts Node may take, as a multiple of an empty Node. */
const NODE_GOAL = 2.2;

/** What container clients get from the credential helper: from the answer cache, and from the agent. */
export const helperCase: Case = async (installation) => {
  await installPackages(["amazon-ecr-credential-helper"]);
  const aws = await startAws(installation.home(), ROUND_TRIP);
  const [home, codespaceHome] = [installation.home(), installation.home()];
  try {
    const env = installation.env(home, aws.env);
    const get: Program = { command: [installation.helper, "get"], env, input: ECR_HOST };
    await logInToEcr(installation, env);
    await mustRun(get);
    const warm = await compareWarm(installation, home, get, aws);

    const codespace = { ...installation.env(codespaceHome), GITHUB_USER: "mona", GITHUB_TOKEN: "ghu_0123456789" };
    const login = [installation.registryLogin, "login", "--no-verify"];
    await mustRun({ command: login, env: { ...codespace, CODESPACES: "true" } });
    const cold = await compare(
      {
        empty: { command: [installation.node, "-e", "0"], env },
        miss: { ...get, input: "registry.example.com" },
        github: { ...get, env: codespace, input: "ghcr.io" },
        expired: { ...get, before: () => removeToken(home) },
      },
      RUNS,
    );
    const empty = { theirs: cold.empty, against: "an empty Node" };
    return [
      {
        name: "get, as clients query it at each pull",
        ours: warm.get / TURNS,
        theirs: warm.ecr / TURNS,
        against: "docker-credential-ecr-login",
        atMost: 0.5,
        onChart: true,
      },
      { name: "get, no such login", ours: cold.miss, ...empty, atMost: NODE_GOAL },
      { name: "get, GITHUB_TOKEN", ours: cold.github, ...empty, atMost: NODE_GOAL },
      { name: `get, no valid token, AWS at ${ROUND_TRIP} ms`, ours: cold.expired, ...empty, atMost: null },
    ];
  } finally {
    for (const each of [home, codespaceHome]) removeLogin(each);
    await aws.close();
  }
};

/** Both helpers with their caches filled. */
async function compareWarm(
  installation: Installation,
  home: string,
  get: Program,
  aws: Aws,
): Promise<{ get: number; ecr: number }> {
  const ecr = ecrLogin(installation, home, aws);
  await mustRun(ecr);
  const input = join(installation.folder, "server");
  writeFileSync(input, ECR_HOST);
  const calls = aws.endpoint.calls.length;
  const times = await compare({ get: repeat(get, input), ecr: repeat(ecr, input) }, RUNS);
  if (aws.endpoint.calls.length !== calls) throw new Error("a warm helper has queried AWS");
  return times;
}
