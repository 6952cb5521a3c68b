import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../../test/support/engine.ts";
import { AWS_KEY, ECR_HOST, ROUND_TRIP, startAws } from "./aws.ts";
import { type Bed, forget } from "./bed.ts";
import type { Case } from "./case.ts";
import { compare, median, mustRun, type Program } from "./measure.ts";

const RUNS = 25;
const ROUNDS = 5;
const CLIENTS = 50;
const TURNS = 10;

/** What container clients ask of the credential helper: warm, cold, and many at once. */
export const helperCase: Case = async (bed) => {
  await installPackages(["amazon-ecr-credential-helper"]);
  const aws = await startAws(bed.folder);
  const [home, other] = [bed.home(), bed.home()];
  try {
    const env = bed.env(home, aws.env);
    await logIn(bed, env);
    const answer = join(home, ".local/state/registry-login/answers", ECR_HOST);
    const tokens = join((await vaultOf(bed, home)) ?? "", "tokens");
    const expire = (): void => {
      utimesSync(answer, 1, 1);
      for (const name of readdirSync(tokens)) rmSync(join(tokens, name), { force: true });
    };
    const get: Program = { command: [bed.helper, "get"], env, input: ECR_HOST };
    const ecr: Program = {
      command: ["docker-credential-ecr-login", "get"],
      env: {
        ...bed.env(home, aws.proxyEnv),
        AWS_ACCESS_KEY_ID: AWS_KEY.accessKeyId,
        AWS_SECRET_ACCESS_KEY: AWS_KEY.secretAccessKey,
      },
      input: ECR_HOST,
    };
    for (const each of [get, ecr]) await mustRun(each);
    const asked = join(bed.folder, "asked");
    writeFileSync(asked, ECR_HOST);
    const calls = aws.endpoint.calls.length;
    const warm = await compare({ get: inTurn(get, asked), ecr: inTurn(ecr, asked) }, RUNS);
    if (aws.endpoint.calls.length !== calls) throw new Error("a warm helper has asked AWS");

    const empty = plainNode(bed, env, "empty", "");
    const ask = plainNode(bed, env, "ask", askPlainly(aws.url, `${aws.env.SSL_CERT_FILE}`));
    await mustRun(ask);
    const codespace = { ...bed.env(other), GITHUB_USER: "mona", GITHUB_TOKEN: "ghu_0123456789" };
    await mustRun({ command: [bed.registryLogin, "login", "--no-verify"], env: { ...codespace, CODESPACES: "true" } });
    const cold = await compare(
      {
        empty,
        ask,
        miss: { ...get, input: "registry.example.com" },
        github: { ...get, env: codespace, input: "ghcr.io" },
        renewal: { ...get, before: expire },
      },
      RUNS,
    );
    const network = cold.ask - cold.empty;

    const [one, fifty]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      for (const [count, times] of [
        [1, one],
        [CLIENTS, fifty],
      ] as const) {
        expire();
        const before = aws.endpoint.calls.length;
        const { ms, stdout } = await mustRun(atOnce(get, asked, count));
        times.push(ms);
        const answers = stdout.trim().split("\n");
        if (aws.endpoint.calls.length - before !== 1) throw new Error(`${count} at once have not asked AWS once`);
        if (answers.length !== count || new Set(answers).size !== 1) throw new Error("clients got different answers");
      }
    }
    const start = "an empty Node";
    return [
      {
        name: "get, warm",
        ours: warm.get / TURNS,
        theirs: warm.ecr / TURNS,
        against: "docker-credential-ecr-login",
        atMost: 0.5,
      },
      { name: "get, no such login", ours: cold.miss, theirs: cold.empty, against: start, atMost: 1.6 },
      { name: "get, GITHUB_TOKEN", ours: cold.github, theirs: cold.empty, against: start, atMost: 1.6 },
      {
        name: "get, renewal at AWS, without the network",
        ours: cold.renewal - network,
        theirs: cold.empty,
        against: start,
        atMost: 1.6,
      },
      {
        name: `get, ${CLIENTS} at once, AWS at ${ROUND_TRIP} ms`,
        ours: median(fifty),
        theirs: median(one),
        against: "one",
        atMost: 2,
      },
    ];
  } finally {
    for (const each of [home, other]) forget(each);
    await aws.close();
  }
};

/** A shell starts them, since what Node takes to start a program is more than these take themselves. */
function inTurn({ command, env }: Program, input: string): Program {
  const loop = `input=$1 turns=${TURNS}; shift
    while [ "$turns" -gt 0 ]; do "$@" <"$input" || exit; turns=$((turns - 1)); done`;
  return { command: ["sh", "-c", loop, "sh", input, ...command], env };
}

function atOnce({ command, env }: Program, input: string, count: number): Program {
  const loop = `input=$1 count=${count}; shift
    while [ "$count" -gt 0 ]; do "$@" <"$input" & count=$((count - 1)); done; wait`;
  return { command: ["sh", "-c", loop, "sh", input, ...command], env };
}

async function logIn(bed: Bed, env: Record<string, string>): Promise<void> {
  const secrets = {
    ECR_CONTAINER_REGISTRY_SERVER: ECR_HOST,
    ECR_CONTAINER_REGISTRY_USER: AWS_KEY.accessKeyId,
    ECR_CONTAINER_REGISTRY_PASSWORD: AWS_KEY.secretAccessKey,
  };
  const command = [bed.registryLogin, "login", "--no-verify"];
  await mustRun({ command, env: { ...env, ...secrets } });
  await mustRun({ command: [bed.helper, "get"], env, input: ECR_HOST });
}

async function vaultOf(bed: Bed, home: string): Promise<string> {
  const read = `process.stdout.write(JSON.parse(require("fs").readFileSync(process.argv[1])).memory)`;
  const file = join(home, ".local/state/registry-login/state.json");
  return (await mustRun({ command: [bed.node, "-e", read, file], env: {} })).stdout;
}

function plainNode(bed: Bed, env: Record<string, string>, name: string, text: string): Program {
  const file = join(bed.folder, `${name}.cjs`);
  writeFileSync(file, text);
  return { command: [bed.node, file], env };
}

/** What a request to AWS costs a Node program that does nothing else: TLS, an answer. */
function askPlainly(url: string, ca: string): string {
  return `const https = require("https"), ca = require("fs").readFileSync(${JSON.stringify(ca)});
    https.request(${JSON.stringify(url)}, { method: "POST", agent: false, ca }, (answer) => {
      answer.on("end", () => process.exit(0)).resume();
    }).end("{}");`;
}
