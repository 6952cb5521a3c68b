import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAwsAuthorization } from "../support/aws-authorization.ts";
import { AWS_KEY, type AwsEndpoint, type AwsKey, ECR_HOST, startAwsEndpoint } from "../support/aws-endpoint.ts";
import { type DevContainer, LOCAL_FEATURE, later, PODMAN_RUN_ARGS, up } from "../support/dev-container.ts";
import { makeJwt } from "../support/encoding.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { leaks } from "../support/leaks.ts";
import { AZURE, AZURE_TOKEN_USER, createTokenServices, GHCR } from "../support/named-registries.ts";
import { PRIVATE_IMAGE, type Registry, randomPassword, secretsFor, startRegistry } from "../support/registry.ts";
import type { Ran } from "../support/shell.ts";
import { startTlsRegistry, type TlsRegistry } from "../support/tls-registry.ts";

// The address at which the registries have their real host names.
const ADDRESS = "127.0.0.45";
const PUBLIC_IMAGE = "public/hello:1";
const HOUR_MS = 3600_000;

const expiry = new Date(Math.floor(Date.now() / 1000) * 1000 + 3 * HOUR_MS);
/** A refresh token of Azure that lives as long as Azure's. */
const refreshToken = makeJwt({ aud: AZURE.host, exp: expiry.getTime() / 1000, jti: randomPassword() });

const LOGINS = {
  WRONG: { user: "owner", password: randomPassword() },
  GONE: { user: "owner", password: randomPassword() },
  ECR: { user: AWS_KEY.accessKeyId, password: AWS_KEY.secretAccessKey },
  ACR: { user: AZURE_TOKEN_USER, password: refreshToken },
};
const GITHUB = { user: "mona", password: `ghs_${randomPassword()}` };

/** The keys that AWS knows. */
const awsKeys: AwsKey[] = [AWS_KEY];

let aws: AwsEndpoint;
let realNames: TlsRegistry;
let wrong: Registry;
let gone: Registry;
let container: DevContainer;

beforeAll(async () => {
  aws = await startAwsEndpoint(awsKeys);
  const authorizeAtAws = createAwsAuthorization(aws);
  const registries = [
    { ...GHCR, accepts: GITHUB },
    { ...AZURE, accepts: { refreshToken } },
  ];
  const tokenServices = createTokenServices(registries, { [GITHUB.password]: null });
  realNames = await startTlsRegistry(ADDRESS, [ECR_HOST, ...tokenServices.hosts], (request, response) =>
    request.headers.host === ECR_HOST ? authorizeAtAws(request, response) : tokenServices.authorize(request, response),
  );
  const owner = { user: "owner", password: randomPassword() };
  wrong = await startRegistry({ kind: "bearer", ...owner, others: { publicRepository: "public/hello" } });
  gone = await startRegistry({ kind: "basic", ...LOGINS.GONE });
  container = await up({
    config: {
      image: TOOLS_IMAGE,
      features: { [LOCAL_FEATURE]: {} },
      runArgs: [...realNames.runArgs, ...PODMAN_RUN_ARGS],
      containerEnv: { CODESPACES: "true", AWS_ENDPOINT_URL_ECR: aws.url, DOCKER_HOST: "unix:///run/engine.sock" },
      onCreateCommand: "cat /ca.pem >>/etc/ssl/certs/ca-certificates.crt",
    },
    secrets: {
      ...secretsFor("WRONG", wrong, LOGINS.WRONG),
      ...secretsFor("GONE", gone, LOGINS.GONE),
      ...secretsFor("ECR", { host: ECR_HOST }, LOGINS.ECR),
      ...secretsFor("ACR", AZURE, LOGINS.ACR),
      GITHUB_USER: GITHUB.user,
      GITHUB_TOKEN: GITHUB.password,
    },
  });
  await startEngine();
});

afterAll(async () => {
  await container?.remove();
  for (const registry of [wrong, gone]) await registry?.stop();
  await realNames?.close();
  await aws?.close();
});

/**
 * An engine in the dev container, which finds the registries under their real names there, as the host's does not. It
 * only pulls, and has no right to change the network that it shares with the host.
 */
async function startEngine(): Promise<void> {
  const where = "--data-root=/var/lib/engine --exec-root=/run/engine --pidfile=/run/engine.pid";
  const started = await container.sh(
    `(nohup dockerd -H $DOCKER_HOST ${where} --storage-driver=vfs --bridge=none --iptables=false >/tmp/engine.log 2>&1 &)
    for attempt in $(seq 300); do docker info >/dev/null 2>&1 && exit; sleep 0.1; done
    cat /tmp/engine.log; exit 1`,
  );
  if (started.exitCode !== 0) throw new Error(`dockerd does not start:\n${started.output}`);
}

const CLIENTS = {
  "docker pull": (image: string) => `docker pull ${image}`,
  "podman pull": (image: string) => `podman --storage-driver=vfs pull --tls-verify=false ${image}`,
  "buildah pull": (image: string) => `buildah --storage-driver=vfs pull --policy=always --tls-verify=false ${image}`,
  "skopeo inspect": (image: string) => `skopeo inspect --tls-verify=false docker://${image}`,
  "skopeo copy": (image: string) => `skopeo copy --src-tls-verify=false docker://${image} dir:$(mktemp -d)`,
};
const clients = Object.entries(CLIENTS).map(([client, pull]) => ({ client, pull }));

/** The lines that we say, whole: what a client quotes of them in a line of its own is not among them. */
const ours = ({ stderr }: Ran): string[] => stderr.split("\n").filter((line) => line.startsWith("registry-login: "));

function expectNoSecret({ output }: Ran): void {
  for (const { user, password } of [...Object.values(LOGINS), GITHUB])
    expect(leaks(output, user, password)).toEqual([]);
  for (const token of aws.tokens) expect(leaks(output, "AWS", token)).toEqual([]);
}

/** A pull that fails, with one line of ours: of which registry, why, and what to do. */
function expectCause(pulled: Ran, host: string, cause: string, advice: string): void {
  expect(pulled.exitCode).not.toBe(0);
  const lines = ours(pulled);
  expect(lines).toHaveLength(1);
  for (const part of [host, cause, advice]) expect(lines[0]).toContain(part);
  expectNoSecret(pulled);
}

describe("before a fault", () => {
  test.each([
    ["GONE", () => gone.host, ""],
    ["ECR", () => ECR_HOST, ""],
    ["ACR", () => AZURE.host, ""],
    ["GITHUB", () => GHCR.host, `GITHUB_TOKEN=${GITHUB.password} `],
  ])("a pull with the login %s works and prints nothing of ours", async (_, host, variables) => {
    const pulled = await container.sh(variables + CLIENTS["skopeo inspect"](`${host()}/${PRIVATE_IMAGE}`));
    expect(pulled.exitCode).toBe(0);
    expect(ours(pulled)).toEqual([]);
  });
});

describe("a password that was rejected when the container started", () => {
  const cause = (): string => `registry-login: ${wrong.host}: the token service`;

  test.each(clients)("$client of a private image prints the cause", async ({ pull }) => {
    const pulled = await container.sh(pull(`${wrong.host}/${PRIVATE_IMAGE}`));
    const advice = "; check WRONG_CONTAINER_REGISTRY_USER and WRONG_CONTAINER_REGISTRY_PASSWORD";
    expectCause(pulled, cause(), "rejected the login (401 Unauthorized)", advice);
    // The client went on without a login, and heard what the registry says to anybody.
    expect(pulled.stderr).toMatch(/denied: requested access to the resource is denied/);
  });

  test.each(clients)("$client still pulls a public image of that registry", async ({ pull }) => {
    const pulled = await container.sh(pull(`${wrong.host}/${PUBLIC_IMAGE}`));
    expect(pulled.exitCode).toBe(0);
    // skopeo inspect asks twice: for the image, and for the list of tags.
    expect([...new Set(ours(pulled))]).toEqual([expect.stringContaining(cause())]);
    expectNoSecret(pulled);
  });
});

describe("an AWS key that AWS rejects when the token is renewed", () => {
  beforeAll(() => {
    awsKeys.length = 0;
    aws.now = () => Date.now() + 13 * HOUR_MS;
  });

  test.each(clients)("$client prints the cause", async ({ pull }) => {
    const pulled = await container.sh(later(13, pull(`${ECR_HOST}/${PRIVATE_IMAGE}`)));
    expectCause(pulled, `registry-login: ${ECR_HOST}: `, "does not know the access key", "; check ");
  });
});

describe("GITHUB_TOKEN is set in the hooks and not in the shell", () => {
  test.each(clients)("$client prints the cause", async ({ pull }) => {
    const pulled = await container.sh(pull(`${GHCR.host}/${PRIVATE_IMAGE}`));
    const cause = "GITHUB_TOKEN is not set here";
    expectCause(pulled, `registry-login: ${GHCR.host}: `, cause, "; run this where GITHUB_TOKEN is set");
  });
});

describe("an Azure refresh token that has expired", () => {
  test.each(clients)("$client prints the cause", async ({ pull }) => {
    const pulled = await container.sh(later(4, pull(`${AZURE.host}/${PRIVATE_IMAGE}`)));
    const cause = `the login to ${AZURE.host} expired at ${expiry.toISOString()}`;
    expectCause(pulled, `registry-login: ${AZURE.host}: `, cause, "; renew ACR_CONTAINER_REGISTRY_PASSWORD");
  });
});

// Last, since every login is in it.
describe("a memory vault that was lost", () => {
  beforeAll(async () => {
    expect(await container.sh("rm -r /dev/shm/registry-login-*")).toMatchObject({ exitCode: 0 });
  });

  test.each(clients)("$client prints the cause", async ({ pull }) => {
    const pulled = await container.sh(pull(`${gone.host}/${PRIVATE_IMAGE}`));
    const cause = "(GONE) was stored in memory and was lost when the container restarted";
    expectCause(
      pulled,
      gone.host,
      cause,
      "; start the container again with the secrets of GONE, or run registry-login",
    );
  });
});
