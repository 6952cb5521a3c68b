import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../../test/support/engine.ts";
import { AWS_KEY, type Aws, ECR_HOST, ROUND_TRIP, startAws } from "./aws.ts";
import type { Case } from "./case.ts";
import { type Installation, memoryVault, removeLogin } from "./installation.ts";
import { compare, mustRun, type Program } from "./measure.ts";

const RUNS = 25;
/** A shell starts a warm helper so often, since Node takes longer to start a program than a warm helper runs. */
const TURNS = 10;
/** The most that a `get` that starts Node may take, as a multiple of an empty Node. */
const NODE_GOAL = 2.2;

/** What container clients get from the credential helper: from the answer cache, and from the agent. */
export const helperCase: Case = async (installation) => {
  await installPackages(["amazon-ecr-credential-helper"]);
  const aws = await startAws(installation.folder);
  const [home, codespaceHome] = [installation.home(), installation.home()];
  try {
    const env = installation.env(home, aws.env);
    const get: Program = { command: [installation.helper, "get"], env, input: ECR_HOST };
    await logIn(installation, env);
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

async function logIn(installation: Installation, env: Record<string, string>): Promise<void> {
  const secrets = {
    ECR_CONTAINER_REGISTRY_SERVER: ECR_HOST,
    ECR_CONTAINER_REGISTRY_USER: AWS_KEY.accessKeyId,
    ECR_CONTAINER_REGISTRY_PASSWORD: AWS_KEY.secretAccessKey,
  };
  await mustRun({ command: [installation.registryLogin, "login", "--no-verify"], env: { ...env, ...secrets } });
}

/** Both helpers with their caches filled. */
async function compareWarm(
  installation: Installation,
  home: string,
  get: Program,
  aws: Aws,
): Promise<{ get: number; ecr: number }> {
  const ecr: Program = {
    command: ["docker-credential-ecr-login", "get"],
    env: {
      ...installation.env(home, aws.proxyEnv),
      AWS_ACCESS_KEY_ID: AWS_KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: AWS_KEY.secretAccessKey,
    },
    input: ECR_HOST,
  };
  await mustRun(ecr);
  const input = join(installation.folder, "server");
  writeFileSync(input, ECR_HOST);
  const calls = aws.endpoint.calls.length;
  const times = await compare({ get: repeat(get, input), ecr: repeat(ecr, input) }, RUNS);
  if (aws.endpoint.calls.length !== calls) throw new Error("a warm helper has queried AWS");
  return times;
}

function repeat({ command, env }: Program, input: string): Program {
  const loop = `input=$1 turns=${TURNS}; shift
    while [ "$turns" -gt 0 ]; do "$@" <"$input" || exit; turns=$((turns - 1)); done`;
  return { command: ["sh", "-c", loop, "sh", input, ...command], env };
}

/** The login stays, but its token and the answer made of it are gone. */
function removeToken(home: string): void {
  rmSync(join(home, ".local/state/registry-login/answers", ECR_HOST), { force: true });
  const tokens = join(memoryVault(home) ?? "", "tokens");
  for (const name of readdirSync(tokens)) rmSync(join(tokens, name), { force: true });
}
