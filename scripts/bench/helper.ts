import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../../test/support/engine.ts";
import { AWS_KEY, ECR_HOST, startAws } from "./aws.ts";
import { type Bed, forget } from "./bed.ts";
import type { Case } from "./case.ts";
import { compare, median, mustRun, type Program, time } from "./measure.ts";

const RUNS = 15;
const ROUNDS = 3;
const CLIENTS = 50;

/** What container clients ask of the credential helper: warm, cold, and many at once. */
export const helperCase: Case = async (bed) => {
  await installPackages(["amazon-ecr-credential-helper"]);
  const aws = await startAws(bed.folder);
  const home = bed.home();
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
      env: { ...env, AWS_ACCESS_KEY_ID: AWS_KEY.accessKeyId, AWS_SECRET_ACCESS_KEY: AWS_KEY.secretAccessKey },
      input: ECR_HOST,
    };
    for (const each of [get, ecr]) await mustRun(each);
    const calls = aws.endpoint.calls.length;
    const warm = await compare({ get, ecr }, RUNS);
    if (aws.endpoint.calls.length !== calls) throw new Error("a warm helper has asked AWS");

    const empty = plainNode(bed, env, "empty", "");
    const ask = plainNode(bed, env, "ask", askPlainly(`${aws.env.HTTPS_PROXY}`, `${aws.env.SSL_CERT_FILE}`));
    await mustRun(ask);
    const cold = await compare(
      {
        empty,
        ask,
        miss: { ...get, input: "registry.example.com" },
        stale: { ...get, before: () => utimesSync(answer, 1, 1) },
        renewal: { ...get, before: expire },
      },
      RUNS,
    );
    const network = cold.ask - cold.empty;

    const [one, fifty]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      expire();
      one.push((await mustRun(get)).ms);
      expire();
      const before = aws.endpoint.calls.length;
      const start = performance.now();
      const answers = await Promise.all(Array.from({ length: CLIENTS }, () => time(get)));
      fifty.push(performance.now() - start);
      if (aws.endpoint.calls.length - before !== 1)
        throw new Error("many clients at once have asked AWS more than once");
      if (new Set(answers.map(({ stdout }) => stdout)).size !== 1) throw new Error("clients got different answers");
    }
    const start = "an empty Node";
    return [
      { name: "get, warm", ours: warm.get, theirs: warm.ecr, against: "docker-credential-ecr-login", atMost: 0.5 },
      { name: "get, no such login", ours: cold.miss, theirs: cold.empty, against: start, atMost: 1.6 },
      { name: "get, answer out of date", ours: cold.stale, theirs: cold.empty, against: start, atMost: 1.6 },
      {
        name: "get, renewal at AWS, without the network",
        ours: cold.renewal - network,
        theirs: cold.empty,
        against: start,
        atMost: 1.6,
      },
      { name: `get, ${CLIENTS} at once, cold`, ours: median(fifty), theirs: median(one), against: "one", atMost: 2 },
    ];
  } finally {
    forget(home);
    await aws.close();
  }
};

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

/** What a request to AWS costs a Node program that does nothing else: proxy, TLS, an answer. */
function askPlainly(proxy: string, ca: string): string {
  const { hostname, port } = new URL(proxy);
  const name = "api.ecr.eu-west-1.amazonaws.com";
  return `const ca = require("fs").readFileSync(${JSON.stringify(ca)});
    const path = "${name}:443";
    require("http").request({ host: "${hostname}", port: ${port}, method: "CONNECT", path }).on("connect", (_, socket) => {
      const options = { host: "${name}", method: "POST", path: "/", agent: false, ca, socket };
      require("https").request(options, (answer) => answer.on("end", () => process.exit(0)).resume()).end("{}");
    }).end();`;
}
