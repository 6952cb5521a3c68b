import { afterAll, beforeAll, expect, test } from "vitest";
import { createAwsAuthorization } from "../support/aws-authorization.ts";
import { AWS_KEY, type AwsEndpoint, ECR_HOST, startAwsEndpoint } from "../support/aws-endpoint.ts";
import { type DevContainer, LOCAL_FEATURE, later, PODMAN_RUN_ARGS, up } from "../support/dev-container.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { PRIVATE_IMAGE, secretsFor } from "../support/registry.ts";
import { startTlsRegistry, type TlsRegistry } from "../support/tls-registry.ts";

// The real host names, at a loopback address of this machine.
const OTHER_ACCOUNT = "210987654321.dkr.ecr.eu-west-1.amazonaws.com";
const PUBLIC = "public.ecr.aws";
const ADDRESS = "127.0.0.43";
const KEY = { user: AWS_KEY.accessKeyId, password: AWS_KEY.secretAccessKey };
const HOUR_MS = 3600_000;

let aws: AwsEndpoint;
let registry: TlsRegistry;
let container: DevContainer;

beforeAll(async () => {
  aws = await startAwsEndpoint([AWS_KEY]);
  registry = await startTlsRegistry(ADDRESS, [ECR_HOST, OTHER_ACCOUNT, PUBLIC], createAwsAuthorization(aws));
  container = await up({
    config: {
      image: TOOLS_IMAGE,
      features: { [LOCAL_FEATURE]: {} },
      runArgs: [...registry.runArgs, ...PODMAN_RUN_ARGS],
      containerEnv: { AWS_ENDPOINT_URL_ECR: aws.url, AWS_ENDPOINT_URL_ECR_PUBLIC: aws.url },
      onCreateCommand: "cat /ca.pem >>/etc/ssl/certs/ca-certificates.crt",
    },
    secrets: {
      ...secretsFor("ECR", { host: ECR_HOST }, KEY),
      ...secretsFor("OTHER", { host: OTHER_ACCOUNT }, KEY),
      ...secretsFor("PUBLIC", { host: PUBLIC }, KEY),
    },
  });
});

afterAll(async () => {
  await container?.remove();
  await registry?.close();
  await aws?.close();
});

test("the three secrets are enough: the key pair is exchanged once for both private registries", () => {
  for (const identifier of ["ECR", "OTHER", "PUBLIC"]) {
    expect(container.log).toMatch(new RegExp(`${identifier} +verified`));
  }
  expect(aws.calls.map(({ region }) => region).sort()).toEqual(["eu-west-1", "us-east-1"]);
});

test.each([
  ["skopeo", `skopeo inspect docker://${ECR_HOST}/${PRIVATE_IMAGE}`],
  ["skopeo, from the other account", `skopeo inspect docker://${OTHER_ACCOUNT}/${PRIVATE_IMAGE}`],
  ["skopeo, from ECR Public", `skopeo inspect docker://${PUBLIC}/${PRIVATE_IMAGE}`],
  ["podman, from ECR Public", `podman --storage-driver=vfs pull -q ${PUBLIC}/${PRIVATE_IMAGE}`],
  ["podman", `podman --storage-driver=vfs pull -q ${ECR_HOST}/${PRIVATE_IMAGE}`],
])("%s pulls without a further call to AWS", async (_, command) => {
  const pulled = await container.sh(command);
  expect(pulled.output).not.toMatch(/unauthorized/);
  expect(pulled.exitCode).toBe(0);
  expect(aws.calls).toHaveLength(2);
});

// The clock of the helper is moved by libfaketime, AWS's and the registry's with it.
test.each([
  [11, 0, 3],
  [13, 11, 3],
  [170, 13, 4],
])("after %i hours (%i of them earlier) it still pulls, with %i calls to AWS in total", async (hours, since, calls) => {
  aws.now = () => Date.now() + hours * HOUR_MS;
  const pulled = await container.sh(later(hours, `skopeo inspect docker://${ECR_HOST}/${PRIVATE_IMAGE}`, since));
  expect(pulled.output).not.toMatch(/unauthorized/);
  expect(pulled.exitCode).toBe(0);
  expect(aws.calls).toHaveLength(calls);
});
